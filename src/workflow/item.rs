//! Which item was meant.

use crate::{
    ids::ItemId,
    plan::{Dialect, Item, Plan, readers::methodology::file_code},
    run::Refusal,
    text,
};

/// The item that was asked for: by its id, or by its id without dots (`23` for 2.3) where only one fits.
///
/// # Errors
/// When there is none, with the nearest ids; for a methodology plan also when it is no id at all.
pub fn find_item<'a>(plan: &'a Plan, asked: &ItemId) -> Result<&'a Item, Refusal> {
    if let Some(item) = plan.item(asked) {
        return Ok(item);
    }
    let typed = asked.as_str().trim();
    let same: Vec<&Item> = plan.items.iter().filter(|item| is_meant(&item.id, typed)).collect();
    match same[..] {
        [item] => Ok(item),
        [] if plan.dialect == Dialect::Methodology && !looks_like_an_id(typed) => {
            Err(Refusal::BadItemId { asked: typed.to_owned(), form: "X.Y" })
        }
        _ => Err(Refusal::NoSuchItem {
            plan: plan.id.clone(),
            asked: typed.to_owned(),
            nearest: nearest(plan, &same, typed),
        }),
    }
}

fn is_meant(id: &ItemId, typed: &str) -> bool {
    id.as_str().eq_ignore_ascii_case(typed) || (is_number(typed) && file_code(id) == typed)
}

/// Those that fit equally well, else those written alike.
fn nearest(plan: &Plan, same: &[&Item], typed: &str) -> Vec<String> {
    if !same.is_empty() {
        return same.iter().map(|item| item.id.to_string()).collect();
    }
    let ids = plan.items.iter().map(|item| item.id.as_str());
    text::nearest_among(typed, ids, 3).into_iter().map(|id| text::plain(id).into_owned()).collect()
}

/// `X.Y`, `X.Y.Z`, or the same without dots.
fn looks_like_an_id(typed: &str) -> bool {
    typed.split('.').all(is_number)
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|it| it.is_ascii_digit())
}
