//! The plans of the workspace: read, and found by what a person calls them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::{
    context::{Context, Face},
    failure::Failure,
    look::{Look, Looks, Source, folders},
};
use crate::{
    cli::PlanName,
    clock::Timestamp,
    config,
    ids::PlanId,
    plan::{
        Dialect, Plan, Selection,
        listing::{Listing, Want},
        problem::{Problem, Severity},
        read_path, read_workspace,
    },
    run::Refusal,
    text,
    workspace::{Before, Bounds, Scan, Scanned},
};

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Plans {
    /// In the order of their dialects and paths.
    pub plans: Vec<Plan>,
    /// What is wrong beside them.
    pub problems: Vec<Problem>,
}

impl Plans {
    /// The plan of exactly this id.
    pub fn get(&self, id: &PlanId) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.id == *id)
    }

    /// The plan that is meant: by its id, its number on the board, a unique part of its id or title.
    ///
    /// # Errors
    /// When none or several fit.
    pub fn find(&self, asked: &str, numbered: &[PlanId]) -> Result<&Plan, Refusal> {
        // "002" is the beginning of a folder's name; a number on the board is written without zeros.
        let number = Some(asked).filter(|it| !it.starts_with('0')).and_then(|it| it.parse::<usize>().ok());
        let number = number.and_then(|it| numbered.get(it.checked_sub(1)?));
        let path = asked.trim_end_matches('/');
        let exact = |it: &&Plan| {
            it.id.as_str() == asked || (it.path == path || it.folder == path) && !path.is_empty()
        };
        if let Some(plan) = self.plans.iter().find(exact).or_else(|| self.get(number?)) {
            return Ok(plan);
        }
        let folded = asked.to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&folded);
        let mut fitting: Vec<&Plan> = self.plans.iter().filter(|it| holds(it.id.as_str())).collect();
        if fitting.is_empty() {
            fitting = self.plans.iter().filter(|it| holds(&it.title)).collect();
        }
        match fitting.as_slice() {
            [plan] => Ok(plan),
            [] => Err(Refusal::NoSuchPlan { asked: asked.to_owned(), nearest: self.nearest(asked) }),
            _ => Err(Refusal::AmbiguousPlan {
                asked: asked.to_owned(),
                candidates: fitting.iter().map(|it| it.id.to_string()).collect(),
            }),
        }
    }

    fn nearest(&self, asked: &str) -> Vec<String> {
        let ids = self.plans.iter().map(|it| it.id.as_str());
        text::nearest_among(asked, ids, 3).into_iter().map(str::to_owned).collect()
    }
}

/// The texts of these files of the workspace; those that can't be read are left out.
pub fn texts(context: &Context<'_>, files: impl IntoIterator<Item = String>) -> Listing {
    let mut texts = Listing::new();
    for file in files {
        if let Ok(text) = fs::read_to_string(context.root.join(&file)) {
            texts = texts.with(&file, text.strip_prefix('\u{feff}').unwrap_or(&text));
        }
    }
    texts
}

/// Plans of other places can be read, and not be edited from here: their paths are not this
/// workspace's.
///
/// # Errors
/// When the plan was found by a path that leads out of the workspace.
pub fn must_be_inside(context: &Context<'_>, name: Option<&PlanName>, plan: &Plan) -> Result<(), Failure> {
    let Some(name) = name else { return Ok(()) };
    let in_workspace = load(context)?.get(&plan.id).is_some_and(|it| it.path == plan.path);
    let real = |path: &Path| fs::canonicalize(path).ok();
    let given = real(&context.here.join(name.as_str())).or_else(|| real(&context.root.join(name.as_str())));
    let outside = |given: &PathBuf| real(&context.root).is_none_or(|root| !given.starts_with(root));
    if in_workspace || !given.as_ref().is_some_and(outside) {
        return Ok(());
    }
    Err(crate::workspace::EditError::Outside { file: name.as_str().to_owned() }.into())
}

/// Reads every plan of the workspace.
///
/// # Errors
/// When the configuration names a dialect or a pattern that makes no sense. Plans never fail.
pub fn load(context: &Context<'_>) -> Result<Arc<Plans>, Failure> {
    let source = Source::of(context);
    let plans = source.read()?;
    // The deck does it later, on another thread.
    if context.face == Face::Shell {
        source.remember();
    }
    Ok(plans)
}

/// Reads every plan, or what has changed of them since the last look.
pub(super) fn read_plans(
    root: &Path,
    config: &config::Plans,
    looks: &Looks,
    now: Timestamp,
) -> Result<Arc<Plans>, Failure> {
    let excluded = globs(&config.exclude)?;
    let included = globs(&config.include)?;
    let mut selection = Selection { dialects: dialects(&config.dialects)?, named: Vec::new() };
    let wants = |path: &str| match () {
        () if excluded.is_match(path) => Want::Nothing,
        () if is_included(path, &config.include, &included) => Want::Text,
        () => selection.wants(path),
    };
    let folders = folders(config);
    let memory = looks.memory();
    let before = Before { texts: memory.texts(), now };
    let scan = Scan { root, folders: &folders, wants: &wants, bounds: Bounds::default() };
    let mut scanned = scan.run_after(&before);
    scanned.listing = scanned.listing.remembering(Arc::clone(&memory));
    let look =
        Look { print: scanned.listing.print(), config: config.clone(), problems: scanned.problems.len() };
    if let Some(plans) = looks.same(&look) {
        return Ok(plans);
    }
    memory.begin_look(look.print);
    let listed = scanned.listing.iter().map(|(path, _)| path);
    selection.named =
        listed.filter(|it| is_included(it, &config.include, &included)).map(str::to_owned).collect();
    let reading = read_workspace(&scanned.listing, &selection);
    memory.end_look(&scanned.listing);
    let mut problems = scanned.problems;
    problems.extend(reading.problems);
    let plans = Arc::new(Plans { plans: reading.plans, problems });
    looks.take(look, &plans);
    Ok(plans)
}

/// The plan that is meant, with all plans: found by name in the workspace, or read at a path.
///
/// # Errors
/// When none or several fit, or when what is meant could not be understood at all.
pub fn resolve(context: &Context<'_>, name: &PlanName) -> Result<Plan, Failure> {
    let plans = load(context)?;
    match plans.find(name.as_str(), &context.numbered) {
        Ok(plan) => understood(plan.clone()),
        Err(refusal) => match at_path(context, name.as_str()) {
            Some(plan) => understood(plan?),
            None => Err(unreadable(&plans, name.as_str()).map_or(refusal.into(), Failure::Plan)),
        },
    }
}

/// The plan that is meant when it may be left out: the open page's, or the only one there is.
///
/// # Errors
/// As [`resolve`]; and [`Refusal::AmbiguousPlan`] when it is left out and there are several.
pub fn resolve_or_only(context: &Context<'_>, name: Option<&PlanName>) -> Result<Plan, Failure> {
    if let Some(name) = name {
        return resolve(context, name);
    }
    let plans = load(context)?;
    if let Some(plan) = context.open_plan.as_ref().and_then(|id| plans.get(id)) {
        return understood(plan.clone());
    }
    match plans.plans.as_slice() {
        [plan] => understood(plan.clone()),
        [] => Err(Refusal::NoSuchPlan { asked: String::new(), nearest: Vec::new() }.into()),
        several => Err(Refusal::AmbiguousPlan {
            asked: String::new(),
            candidates: several.iter().map(|it| it.id.to_string()).collect(),
        }
        .into()),
    }
}

/// A plan without items whose files are broken can't be worked with: its first error says why.
fn understood(plan: Plan) -> Result<Plan, Failure> {
    let broken = plan.problems.iter().find(|it| it.severity == Severity::Error);
    match broken {
        Some(problem) if plan.items.is_empty() => Err(Failure::Plan(problem.clone())),
        _ => Ok(plan),
    }
}

/// A problem of no plan that speaks of what was asked for: the reason why there is no such plan.
fn unreadable(plans: &Plans, asked: &str) -> Option<Problem> {
    let speaks = |it: &&Problem| it.severity == Severity::Error && it.place.file.contains(asked);
    plans.problems.iter().find(speaks).filter(|_| !asked.is_empty()).cloned()
}

/// The plan at a path, relative to where the command was typed or to the workspace.
fn at_path(context: &Context<'_>, asked: &str) -> Option<Result<Plan, Failure>> {
    let full = [context.here.join(asked), context.root.join(asked)].into_iter().find(|it| it.exists())?;
    let full = fs::canonicalize(&full).unwrap_or(full);
    let root = fs::canonicalize(&context.root).unwrap_or_else(|_| context.root.clone());
    let (root, path) = match full.strip_prefix(&root) {
        Ok(inside) => (root.clone(), inside.to_path_buf()),
        Err(_) => {
            let parent = full.parent()?.to_path_buf();
            (parent, Path::new(full.file_name()?).to_path_buf())
        }
    };
    let path = path.to_string_lossy().into_owned();
    let scanned = scan_path(&root, &path, full.is_dir());
    let mut reading = read_path(&scanned.listing, &path);
    Some(match (reading.plans.is_empty(), reading.problems.pop()) {
        (false, _) => Ok(reading.plans.swap_remove(0)),
        (true, Some(problem)) => Err(Failure::Plan(problem)),
        (true, None) => Err(Failure::Input {
            message: format!("{} is no plan that any dialect knows", text::plain(asked)),
            hint: Some(
                "a Markdown file with checkboxes is a checklist; others are described in the manual".into(),
            ),
        }),
    })
}

fn scan_path(root: &Path, path: &str, is_folder: bool) -> Scanned {
    let wants = |found: &str| {
        if found.starts_with(path) {
            Selection::default().wants(found).max(Want::Name)
        } else {
            Want::Nothing
        }
    };
    let first = path.split('/').next().unwrap_or(path);
    let scan = Scan { root, folders: &[first], wants: &wants, bounds: Bounds::default() };
    if is_folder { scan.run() } else { scan.single(path) }
}

fn is_included(path: &str, included: &[String], globs: &GlobSet) -> bool {
    let below =
        |it: &String| path.strip_prefix(it.trim_end_matches('/')).is_some_and(|it| it.starts_with('/'));
    let is_markdown = Path::new(path).extension().is_some_and(|it| it.eq_ignore_ascii_case("md"));
    is_markdown && (globs.is_match(path) || included.iter().any(below))
}

fn globs(patterns: &[String]) -> Result<GlobSet, Failure> {
    let mut set = GlobSetBuilder::new();
    let wrong = |error: globset::Error| Failure::Input {
        message: format!("plandeck.toml: [plans]: {error}"),
        hint: Some("write a path or a pattern such as \"docs/**/*.md\"".to_owned()),
    };
    for pattern in patterns {
        set.add(Glob::new(pattern).map_err(wrong)?);
    }
    set.build().map_err(wrong)
}

fn dialects(words: &[String]) -> Result<Vec<Dialect>, Failure> {
    let named = words.iter().filter(|it| *it != "auto");
    named
        .map(|word| {
            Dialect::from_word(word).ok_or_else(|| {
                let all = Dialect::ALL.map(Dialect::word).join(", ");
                Failure::Input {
                    message: format!("plandeck.toml: \"{}\" is no dialect", text::plain(word)),
                    hint: Some(format!("there are: auto, {all}")),
                }
            })
        })
        .collect()
}
