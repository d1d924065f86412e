//! `document` (hidden): what the built-in recipes run. Writes an item's next document, or prints a
//! prompt for it; the prompt in the run's log is the product.

use std::fs;

use super::{
    context::{Context, Done},
    failure::Failure,
    plans,
};
use crate::{
    cli::{DocumentArgs, DocumentName},
    plan::{DocumentKind, readers::methodology},
    workflow::{self, SectionFacts, Template},
};

/// Writes the document, refusing to overwrite, or prints the prompt.
///
/// # Errors
/// When there is no such plan or item, or the document is there already.
pub fn document(context: &mut Context<'_>, args: &DocumentArgs) -> Result<Done, Failure> {
    let plan = plans::resolve(context, &args.plan)?;
    let item = workflow::find_item(&plan, &args.item)?;
    let template = template(args.kind);
    let text = |path: &str| fs::read_to_string(context.root.join(path)).ok();
    let mut facts = SectionFacts::of(&plan, item);
    facts.created = context.now().utc().format("%Y-%m-%d").to_string();
    if let Some(section) = text(&plan.path).and_then(|it| methodology::section(&it, &item.id)) {
        facts = facts.with_section(&section);
    }
    if let Some(fix) = item.document(DocumentKind::Fix).and_then(|it| text(&it.path)) {
        facts = facts.with_issues(&methodology::issues(&fix));
    }
    let rendered = workflow::render(template, &facts);
    match template.path(&facts) {
        Some(path) => {
            context.editor().create(path, &rendered)?;
            let lines = rendered.lines().count();
            context.print(&format!("created {path} ({lines} lines)\n"))?;
        }
        None => context.print(&rendered)?,
    }
    Ok(Done::well())
}

const fn template(name: DocumentName) -> Template {
    match name {
        DocumentName::Subplan => Template::Subplan,
        DocumentName::Execution => Template::Execution,
        DocumentName::Fill => Template::Fill,
        DocumentName::Fix => Template::Fix,
        DocumentName::Review => Template::Review,
        DocumentName::Continue => Template::Continue,
        DocumentName::Task => Template::Task,
    }
}
