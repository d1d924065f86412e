//! The keys of a plan's page, and the settings: what each asks for and what it does.

use toml_edit::DocumentMut;

use super::deck::{Deck, Place};
use crate::{
    cli::{Verb, parse_line},
    commands::{self, After, Context, Failure, Mode},
    ids::{ItemId, PlanId},
    plan::{DocumentKind, Item, ItemState, Plan},
    render::{self, Role, Theme},
    screen::{Answer, Question},
    text,
    view::{self, Choice, KeyState, Outlook, item_page},
    workflow::{self, Ask},
    workspace::CONFIG_FILE,
};

/// Presses a key of the page that is open, as things stand now.
pub(super) fn press(deck: &mut Deck, context: &mut Context<'_>, key: char) -> Result<(), Failure> {
    let Place::Plan(id) = deck.place.clone() else { return Ok(()) };
    deck.plans = commands::load(context)?;
    let Some(plan) = deck.plans.get(&id).cloned() else { return deck.show(context) };
    let runs = commands::recent_runs(context, Some(&id))?;
    let menu = view::menu(&Outlook::of(&plan), &runs);
    let Some(entry) = menu.entry(key) else {
        return deck.dead(context, &key.to_string(), "it is no key here");
    };
    if let KeyState::Dead { why } = &entry.state {
        return deck.dead(context, &format!("{key} {}", entry.choice.label()), why);
    }
    if let Some(words) = super::follow_files::disarm(deck, &id, entry) {
        return context.print(&words);
    }
    match entry.choice {
        Choice::ExecuteNext => launch(deck, context, &plan, &Ask::next()),
        Choice::ExecuteParallel => launch(deck, context, &plan, &Ask::of("parallel")),
        Choice::RunAll => launch(deck, context, &plan, &Ask::of("all")),
        Choice::CreateSubplan => {
            let without = |item: &&Item| item.document(DocumentKind::Subplan).is_none();
            on_item(deck, context, &plan, "subplan", &ids(&plan, without))
        }
        Choice::CreateExecution => {
            let waiting = |item: &&Item| item.document(DocumentKind::Subplan).is_some();
            on_item(deck, context, &plan, "execution", &ids(&plan, waiting))
        }
        Choice::Review => review(deck, context, &plan),
        Choice::Runs => deck.runs(context, Some(&id)),
        Choice::ItemDetails => match ask_item(context, "Item", &all_ids(&plan))? {
            Some(item) => show_item(deck, context, &item),
            None => Ok(()),
        },
        Choice::EditState => edit_state(deck, context, &plan),
        Choice::Back => deck.show(context),
    }
}

fn launch(deck: &mut Deck, context: &mut Context<'_>, plan: &Plan, ask: &Ask) -> Result<(), Failure> {
    let done = commands::launch(context, Some(plan), ask, Mode::Run(After::Follow))?;
    deck.take(done);
    Ok(())
}

fn on_item(
    deck: &mut Deck,
    context: &mut Context<'_>,
    plan: &Plan,
    workflow: &str,
    candidates: &[String],
) -> Result<(), Failure> {
    match ask_item(context, "Item", candidates)? {
        Some(item) => launch(deck, context, plan, &Ask::on(workflow, &item)),
        None => Ok(()),
    }
}

/// The ids of open items that fit: what Tab completes to.
fn ids(plan: &Plan, fits: impl Fn(&&Item) -> bool) -> Vec<String> {
    let open = plan.leaves().filter(|item| !item.state.is_over());
    open.filter(fits).map(|item| item.id.as_str().to_owned()).collect()
}

/// The ids of open items first, then of those that are over.
fn all_ids(plan: &Plan) -> Vec<String> {
    let over = plan.leaves().filter(|item| item.state.is_over()).map(|item| item.id.as_str().to_owned());
    ids(plan, |_| true).into_iter().chain(over).collect()
}

/// Asks for an item, naming a few that could be meant. Nothing when it is taken back.
fn ask_item(context: &mut Context<'_>, what: &str, candidates: &[String]) -> Result<Option<ItemId>, Failure> {
    let shown: Vec<String> = candidates.iter().take(6).map(|it| text::plain(it).into_owned()).collect();
    let more = if candidates.len() > shown.len() { ", …" } else { "" };
    let hint = if shown.is_empty() { String::new() } else { format!(" ({}{more})", shown.join(", ")) };
    let question = Question::Text { text: format!("{what}{hint}"), candidates: candidates.to_vec() };
    Ok(match context.screen.ask(&question)? {
        Answer::Text(text) => Some(ItemId::new(text)),
        _ => {
            context.note("Nothing was done.\n")?;
            None
        }
    })
}

/// Everything about one item.
pub(super) fn show_item(deck: &mut Deck, context: &mut Context<'_>, item: &ItemId) -> Result<(), Failure> {
    let Place::Plan(id) = &deck.place else { return Ok(()) };
    let Some(plan) = deck.plans.get(id) else { return Ok(()) };
    let item = workflow::find_item(plan, item)?;
    let runs = commands::recent_runs(context, Some(id))?;
    let page = item_page(plan, item, &runs, context.now());
    context.print(&render::item_page(&page, &context.style.clone()))
}

fn review(deck: &mut Deck, context: &mut Context<'_>, plan: &Plan) -> Result<(), Failure> {
    let waiting: Vec<&Item> = plan.leaves().filter(|item| item.state == ItemState::InReview).collect();
    let item = match waiting.as_slice() {
        [only] => Some(only.id.clone()),
        several => {
            let ids: Vec<String> = several.iter().map(|it| it.id.as_str().to_owned()).collect();
            ask_item(context, "Review which", &ids)?
        }
    };
    let Some(item) = item else { return Ok(()) };
    let words = ["approve", "reject"].map(str::to_owned);
    let question = Question::Text { text: format!("{item}: approve or reject"), candidates: words.to_vec() };
    let line = match context.screen.ask(&question)? {
        Answer::Text(word) if "approve".starts_with(&word.to_lowercase()) => {
            format!("plan approve {} {}", quoted(&plan.id), shell_words::quote(item.as_str()))
        }
        Answer::Text(word) if "reject".starts_with(&word.to_lowercase()) => {
            let question =
                Question::Text { text: "What has to be mended".to_owned(), candidates: Vec::new() };
            let Answer::Text(reason) = context.screen.ask(&question)? else {
                return context.note("Nothing was done.\n");
            };
            let (item, reason) = (shell_words::quote(item.as_str()), shell_words::quote(&reason));
            format!("plan reject {} {item} --reason {reason}", quoted(&plan.id))
        }
        _ => return context.note("Nothing was done.\n"),
    };
    typed(deck, context, &line)
}

fn edit_state(deck: &mut Deck, context: &mut Context<'_>, plan: &Plan) -> Result<(), Failure> {
    let all: Vec<String> = plan.leaves().map(|item| item.id.as_str().to_owned()).collect();
    let Some(item) = ask_item(context, "Item", &all)? else { return Ok(()) };
    let states = ["pending", "in_progress", "done", "skipped", "blocked"].map(str::to_owned);
    let question =
        Question::Text { text: format!("New state ({})", states.join(", ")), candidates: states.to_vec() };
    let Answer::Text(state) = context.screen.ask(&question)? else {
        return context.note("Nothing was done.\n");
    };
    let item = shell_words::quote(item.as_str()).into_owned();
    typed(deck, context, &format!("plan set {} {item} {}", quoted(&plan.id), shell_words::quote(&state)))
}

fn quoted(plan: &PlanId) -> String {
    shell_words::quote(plan.as_str()).into_owned()
}

/// Does what a line would, so that a key and its command can never differ.
fn typed(deck: &mut Deck, context: &mut Context<'_>, line: &str) -> Result<(), Failure> {
    let Some(crate::cli::Typed::Verb(verb, _)) = parse_line(line)? else { return Ok(()) };
    let verb: Verb = *verb;
    if let commands::Dispatched::Done(done) = commands::dispatch(context, verb)? {
        deck.take(done);
    }
    Ok(())
}

/// A setting that the deck can change: its key below `[deck]`, and what it can be.
pub(super) struct ChangeableSetting {
    key: &'static str,
    about: &'static str,
    words: &'static [&'static str],
}

/// In the order of their numbers.
pub(super) const SETTINGS: [ChangeableSetting; 4] = [
    ChangeableSetting { key: "theme", about: "how the deck is coloured", words: &Theme::NAMES },
    ChangeableSetting { key: "confirm", about: "whether keys ask before they act", words: &["ask", "never"] },
    ChangeableSetting { key: "edit_mode", about: "how lines are edited", words: &["emacs", "vi"] },
    ChangeableSetting { key: "refresh", about: "when plans are read again", words: &["watch", "off"] },
];

/// Shows the settings that can be changed here, with where each comes from.
pub(super) fn show_settings(context: &mut Context<'_>) -> Result<(), Failure> {
    let values = context.settings.list();
    let mut shown = String::new();
    for (setting, number) in SETTINGS.iter().zip(1..) {
        let key = format!("deck.{}", setting.key);
        let value = values.iter().find(|it| it.key == key);
        let (value, source) = value.map_or((String::new(), String::new()), |it| {
            (it.value.clone(), context.inside(&it.source.to_string()).to_owned())
        });
        let number = render::word(Role::Key, &number.to_string(), &context.style);
        let name = text::pad(&format!("{} = {}", setting.key, text::plain(&value)), 26);
        let line = format!("{} {name} {}, from {source}", number.trim_end(), setting.about);
        shown += &format!("{line}\n");
    }
    shown += "config show tells all settings; init writes a plandeck.toml that says every default.\n";
    context.print(&shown)
}

/// Asks for a new value and writes that one value into the workspace's plandeck.toml.
pub(super) fn change_setting(deck: &mut Deck, context: &mut Context<'_>, at: usize) -> Result<(), Failure> {
    let Some(setting) = SETTINGS.get(at - 1) else {
        return deck.dead(context, &at.to_string(), "no setting has this number");
    };
    let words: Vec<String> = setting.words.iter().map(|it| (*it).to_owned()).collect();
    let question =
        Question::Text { text: format!("{} ({})", setting.key, words.join(", ")), candidates: words.clone() };
    let Answer::Text(value) = context.screen.ask(&question)? else {
        return context.note("Nothing was changed.\n");
    };
    let own_theme = setting.key == "theme" && context.config().theme.contains_key(&value);
    if !words.contains(&value) && !own_theme {
        let near = text::nearest(&value, words.iter().map(String::as_str));
        let hint = near
            .map_or_else(|| format!("it can be: {}", words.join(", ")), |it| format!("did you mean {it}?"));
        let message = format!("\"{}\" is no value of {}", text::plain(&value), setting.key);
        return Err(Failure::Input { message, hint: Some(hint) });
    }
    write_setting(context, setting.key, &value)?;
    context.reread_settings()?;
    context.print(&format!("{} is {} now, in {CONFIG_FILE}\n", setting.key, text::plain(&value)))?;
    deck.show(context)
}

/// Changes one value of the workspace's file; every comment and all else in it stays.
fn write_setting(context: &Context<'_>, key: &str, value: &str) -> Result<(), Failure> {
    let path = context.root.join(CONFIG_FILE);
    let before = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let text = before.as_deref().unwrap_or_default();
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| Failure::Input {
        message: format!("{CONFIG_FILE}: {}", error.message()),
        hint: Some("mend it by hand first; nothing was changed".to_owned()),
    })?;
    document["deck"][key] = toml_edit::value(value);
    let after = document.to_string();
    match &before {
        Some(before) => context.editor().replace_all(CONFIG_FILE, before, &after)?,
        None => context.editor().create(CONFIG_FILE, &after)?,
    }
    Ok(())
}
