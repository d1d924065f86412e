//! The deck: which page is open, whose the digits are, and what a key or a line does.
//!
//! It is the same for a terminal, for lines from a pipe and for a session that is replayed: all three
//! call [`Deck::key`] and [`Deck::line`], and everything it shows goes through the context's screen.

use std::sync::Arc;

use crate::{
    cli::{self, DeckVerb, Grammar, LineError, ListArgs, PlanName, Typed},
    commands::{
        self, Context, Dispatched, Done, Failure, ForTheFace, Plans, board_ids, dispatch, show_board,
        show_list, show_page,
    },
    ids::{PlanId, RunId},
    render,
    run::{Advice, Remedy},
    text,
    view::{self, Detail},
    workflow,
};

use super::{complete::Namable, keys, page};

/// What a key or a line leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The deck goes on.
    Stay,
    /// It is left; runs go on.
    Quit,
    /// The monitor is wanted, with this run where one was named; the deck goes on after it.
    Monitor(Option<RunId>),
}

/// Where one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// All plans; the page counts from 1.
    Board {
        /// From 1.
        page: usize,
    },
    /// One plan.
    Plan(PlanId),
}

/// Whose the digits are: the last numbered block that was printed. A number belongs to what it named
/// when it was printed, not to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    /// They open plans.
    Plans(Vec<PlanId>),
    /// They are the keys of a plan's page.
    Menu,
    /// They take advice.
    Advice(Vec<Advice>),
    /// They show runs.
    Runs(Vec<RunId>),
    /// They open what was found.
    Found(Vec<Found>),
    /// They change a setting.
    Settings,
}

/// Something that was found by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A plan.
    Plan(PlanId),
    /// An item of a plan.
    Item(PlanId, crate::ids::ItemId),
    /// A run.
    Run(RunId),
    /// A verb, as it would be typed.
    Verb(String),
}

/// The state of the deck between two keys.
#[derive(Debug)]
pub struct Deck {
    pub(super) place: Place,
    pub(super) digits: Digits,
    pub(super) plans: Arc<Plans>,
    /// Nothing that could have changed a plan was done since they were read.
    pub(super) fresh: bool,
    /// What the keys of the open page stood for when the prompt was given; absent where nobody else
    /// can change a file in between.
    pub(super) armed: Option<(PlanId, view::Menu)>,
}

impl Deck {
    /// Reads the plans and shows the board.
    ///
    /// # Errors
    /// When the screen is gone.
    pub fn open(context: &mut Context<'_>) -> Result<Self, Failure> {
        let mut deck = Self {
            place: Place::Board { page: 1 },
            digits: Digits::Plans(Vec::new()),
            plans: Arc::default(),
            fresh: false,
            armed: None,
        };
        deck.guarded(context, |deck, context| {
            commands::recover(context)?;
            deck.show(context)
        })?;
        Ok(deck)
    }

    /// What stands before the prompt's mark: `ALPHA`, `ALPHA · advice 1-3`.
    pub fn prompt(&self) -> String {
        let plan = match &self.place {
            Place::Board { .. } => None,
            Place::Plan(id) => Some(id),
        };
        let block = match &self.digits {
            Digits::Plans(_) | Digits::Menu => None,
            Digits::Advice(advice) => Some(("advice", advice.len())),
            Digits::Runs(runs) => Some(("runs", runs.len())),
            Digits::Found(found) => Some(("found", found.len())),
            Digits::Settings => Some(("settings", page::SETTINGS.len())),
        };
        view::prompt_words(plan, block)
    }

    /// A key on an empty line: a digit, one of the letters, or Esc as `\u{1b}`.
    ///
    /// # Errors
    /// When the screen is gone: everything else is shown and the deck goes on.
    pub fn key(&mut self, context: &mut Context<'_>, key: char) -> Result<Flow, Failure> {
        self.fresh = false;
        if key == 'q' {
            Self::say_what_goes_on(context)?;
            return Ok(Flow::Quit);
        }
        let mut flow = Flow::Stay;
        self.guarded(context, |deck, context| {
            flow = deck.press(context, key)?;
            Ok(())
        })?;
        Ok(flow)
    }

    fn press(&mut self, context: &mut Context<'_>, key: char) -> Result<Flow, Failure> {
        let done = match key {
            'm' if context.screen.is_interactive() => return self.command(context, "monitor"),
            'm' => {
                let why = "the monitor needs a terminal; h lists the runs, follow RUN shows one live";
                self.dead(context, "m", why)
            }
            '\u{1b}' | '\n' => self.give_back(context, key == '\u{1b}'),
            'b' => self.back(context),
            'r' => self.show(context),
            'h' => self.runs(context, None),
            's' => self.settings(context),
            '?' => self.help(context),
            '/' => self.find(context, None),
            '0'..='9' => self.digit(context, key),
            other => self.dead(context, &other.to_string(), "it is no key here; ? lists the keys"),
        };
        done.map(|()| Flow::Stay)
    }

    /// A line that was typed. A single key on it is that key; `/text` finds.
    ///
    /// # Errors
    /// As [`Deck::key`].
    pub fn line(&mut self, context: &mut Context<'_>, line: &str) -> Result<Flow, Failure> {
        self.fresh = false;
        let typed = line.trim();
        let mut characters = typed.chars();
        match (characters.next(), characters.next()) {
            (None, _) => return self.key(context, '\n'),
            (Some(key), None) if keys::is_key(key) => return self.key(context, key),
            _ => {}
        }
        if let Some(wanted) = typed.strip_prefix('/') {
            self.guarded(context, |deck, context| deck.find(context, Some(wanted.trim())))?;
            return Ok(Flow::Stay);
        }
        let mut flow = Flow::Stay;
        self.guarded(context, |deck, context| {
            flow = deck.command(context, typed)?;
            Ok(())
        })?;
        if flow == Flow::Quit {
            Self::say_what_goes_on(context)?;
        }
        Ok(flow)
    }

    fn command(&mut self, context: &mut Context<'_>, line: &str) -> Result<Flow, Failure> {
        context.numbered = board_ids(&self.plans);
        let verb = match cli::parse_line(line)? {
            None => return Ok(Flow::Stay),
            Some(Typed::Deck(verb)) => return self.deck_verb(context, verb),
            Some(Typed::Verb(verb, common)) => {
                let before = (context.output, context.yes);
                context.output = common.output.unwrap_or(context.output);
                context.yes |= common.yes;
                let done = dispatch(context, *verb);
                self.fresh = false;
                (context.output, context.yes) = before;
                done?
            }
        };
        match verb {
            Dispatched::Done(done) => self.take(done),
            Dispatched::ForTheFace(verb) => {
                let name = match verb {
                    ForTheFace::Monitor(run) => return Ok(Flow::Monitor(run)),
                    ForTheFace::Demo(_) => "demo",
                    ForTheFace::Replay(_) => "replay",
                    ForTheFace::Supervise(_) => "supervise",
                    ForTheFace::Perform(_) => "perform",
                };
                self.dead(context, name, "it is a verb of the shell; leave the deck with q first")?;
            }
        }
        Ok(Flow::Stay)
    }

    fn deck_verb(&mut self, context: &mut Context<'_>, verb: DeckVerb) -> Result<Flow, Failure> {
        match verb {
            DeckVerb::Open { plan } => self.open_named(context, &plan)?,
            DeckVerb::Back => self.back(context)?,
            DeckVerb::Refresh => self.show(context)?,
            DeckVerb::Quit => return Ok(Flow::Quit),
        }
        Ok(Flow::Stay)
    }

    fn digit(&mut self, context: &mut Context<'_>, key: char) -> Result<(), Failure> {
        let at = usize::try_from(key.to_digit(10).unwrap_or(0)).unwrap_or(0);
        if at == 0 {
            return self.turn(context);
        }
        let none = "no entry has this number";
        match self.digits.clone() {
            Digits::Menu => page::press(self, context, key),
            Digits::Plans(plans) => match plans.get(at - 1) {
                Some(plan) => self.open_plan(context, plan.clone()),
                None => self.dead(context, &key.to_string(), "no plan has this number on this page"),
            },
            Digits::Advice(advice) => match advice.get(at - 1) {
                Some(advice) => self.follow_advice(context, advice),
                None => self.dead(
                    context,
                    &key.to_string(),
                    "there is no such advice; Esc gives the digits back to the page",
                ),
            },
            Digits::Runs(runs) => match runs.get(at - 1) {
                Some(run) => self.show_run(context, *run),
                None => self.dead(context, &key.to_string(), none),
            },
            Digits::Found(found) => match found.get(at - 1).cloned() {
                Some(found) => self.open_found(context, found),
                None => self.dead(context, &key.to_string(), none),
            },
            Digits::Settings => page::change_setting(self, context, at),
        }
    }

    /// The board's next page.
    fn turn(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        let Place::Board { page } = self.place else {
            return self.dead(context, "0", "there is one page only");
        };
        let pages = self.plans.plans.len().div_ceil(view::PAGE).max(1);
        if pages == 1 {
            return self.dead(context, "0", "there is one page only");
        }
        self.place = Place::Board { page: page % pages + 1 };
        self.show(context)
    }

    /// Advice is taken as if it had been typed, and asks as its action would.
    fn follow_advice(&mut self, context: &mut Context<'_>, advice: &Advice) -> Result<(), Failure> {
        match &advice.remedy {
            None => self.dead(context, "this advice", "only you can do it; no key can"),
            Some(Remedy::Deck(command)) => {
                context.print(&format!("› {}\n", text::plain(command)))?;
                self.command(context, command).map(|_| ())
            }
            Some(Remedy::Program(argv)) => {
                let done = commands::run_program(context, argv)?;
                self.take(done);
                Ok(())
            }
        }
    }

    /// Gives the digits back to the page; on the page itself Esc goes back to the board.
    fn give_back(&mut self, context: &mut Context<'_>, escape: bool) -> Result<(), Failure> {
        match (&self.digits, &self.place) {
            (Digits::Menu, Place::Plan(_)) if escape => self.back(context),
            (Digits::Menu | Digits::Plans(_), _) => Ok(()),
            _ => self.show(context),
        }
    }

    fn back(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        if matches!(self.place, Place::Board { .. }) && matches!(self.digits, Digits::Plans(_)) {
            return self.dead(context, "b", "this is the board; q leaves the deck");
        }
        self.place = Place::Board { page: 1 };
        self.show(context)
    }

    fn open_named(&mut self, context: &mut Context<'_>, name: &PlanName) -> Result<(), Failure> {
        self.plans = commands::load(context)?;
        let id = self.plans.find(name.as_str(), &board_ids(&self.plans))?.id.clone();
        self.open_plan(context, id)
    }

    pub(super) fn open_plan(&mut self, context: &mut Context<'_>, plan: PlanId) -> Result<(), Failure> {
        self.place = Place::Plan(plan);
        self.show(context)
    }

    /// Reads the plans again and shows where one is; the digits are the page's then.
    pub(super) fn show(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        self.plans = commands::load(context)?;
        self.fresh = true;
        context.numbered = board_ids(&self.plans);
        if let Place::Plan(id) = &self.place {
            match self.plans.get(id) {
                Some(plan) => {
                    context.open_plan = Some(id.clone());
                    self.digits = Digits::Menu;
                    show_page(context, plan, Detail::Brief)?;
                    return Ok(());
                }
                None => {
                    let gone = format!("The plan {id} is gone; this is the board.\n");
                    context.print(&gone)?;
                    self.place = Place::Board { page: 1 };
                }
            }
        }
        let Place::Board { page } = self.place else { return Ok(()) };
        context.open_plan = None;
        let shown = show_board(context, &self.plans, page)?;
        self.digits = Digits::Plans(shown);
        Ok(())
    }

    /// Takes the advice that was printed with numbers, where there was any.
    pub(super) fn take(&mut self, done: Done) {
        // Advice that no key can take leaves the digits where they are.
        if done.advice.iter().any(|it| it.remedy.is_some()) {
            self.digits = Digits::Advice(done.advice);
        } else if !matches!(self.digits, Digits::Plans(_) | Digits::Menu) {
            self.digits = self.own_digits();
        }
    }

    /// Whose the digits are when no other block owns them.
    fn own_digits(&self) -> Digits {
        match &self.place {
            Place::Plan(_) => Digits::Menu,
            Place::Board { page } => {
                let ids = board_ids(&self.plans);
                Digits::Plans(ids.into_iter().skip((page - 1) * view::PAGE).take(view::PAGE).collect())
            }
        }
    }

    pub(super) fn runs(&mut self, context: &mut Context<'_>, plan: Option<&PlanId>) -> Result<(), Failure> {
        let args = ListArgs { plan: plan.map(|id| PlanName::new(id.as_str())), ..ListArgs::default() };
        let runs = show_list(context, &args, true)?;
        if !runs.is_empty() {
            self.digits = Digits::Runs(runs.into_iter().take(view::PAGE).collect());
        }
        Ok(())
    }

    fn show_run(&mut self, context: &mut Context<'_>, run: RunId) -> Result<(), Failure> {
        self.command(context, &format!("get {run}")).map(|_| ())
    }

    fn open_found(&mut self, context: &mut Context<'_>, found: Found) -> Result<(), Failure> {
        match found {
            Found::Plan(plan) => self.open_plan(context, plan),
            Found::Run(run) => self.show_run(context, run),
            Found::Verb(verb) => self.command(context, &format!("help {verb}")).map(|_| ()),
            Found::Item(plan, item) => {
                self.open_plan(context, plan)?;
                page::show_item(self, context, &item)
            }
        }
    }

    fn help(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        let page = keys::help(matches!(self.place, Place::Plan(_)));
        context.print(&render::help(&page, &context.style.clone()))
    }

    fn settings(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        page::show_settings(context)?;
        self.digits = Digits::Settings;
        Ok(())
    }

    fn find(&mut self, context: &mut Context<'_>, wanted: Option<&str>) -> Result<(), Failure> {
        let found = super::find::find(context, &self.plans, wanted)?;
        if !found.is_empty() {
            self.digits = Digits::Found(found);
        }
        Ok(())
    }

    /// A key that does nothing says why, and what would enable it.
    #[expect(clippy::unused_self, reason = "what a key says is said by the deck")]
    pub(super) fn dead(&self, context: &mut Context<'_>, key: &str, why: &str) -> Result<(), Failure> {
        let line = format!("{key}: {}\n", text::plain(why));
        for line in text::wrap(line.trim_end(), context.style.width) {
            context.print(&format!("{line}\n"))?;
        }
        Ok(())
    }

    fn say_what_goes_on(context: &mut Context<'_>) -> Result<(), Failure> {
        let runs = commands::recent_runs(context, None).unwrap_or_default();
        match view::left_going(&runs) {
            Some(words) => context.print(&format!("{words}. Start plandeck again to see them.\n")),
            None => Ok(()),
        }
    }

    /// Does something and shows whatever kept it from being done: nothing ends the deck but the screen.
    fn guarded(
        &mut self,
        context: &mut Context<'_>,
        deed: impl FnOnce(&mut Self, &mut Context<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match deed(self, context) {
            Ok(()) => Ok(()),
            Err(failure) if failure.is_broken_pipe() => Err(failure),
            Err(failure) => self.show_failure(context, &failure),
        }
    }

    fn show_failure(&mut self, context: &mut Context<'_>, failure: &Failure) -> Result<(), Failure> {
        match failure {
            Failure::Line(LineError::Shown(help)) => context.print(&shown(help, context.style.colour)),
            Failure::Line(LineError::Usage(usage)) => context.print(&shown(usage, context.style.colour)),
            Failure::Refused(refusal) => {
                let advice = workflow::advice_for_refusal(refusal);
                let panel = render::panel(&view::refused(refusal, &advice), &context.style);
                context.print(&panel)?;
                self.take(Done { advice, ..Done::well() });
                Ok(())
            }
            failure => {
                let causes = commands::causes(failure);
                let panel = view::trouble(&failure.to_string(), &causes, failure.hint().as_deref());
                context.print(&render::panel(&panel, &context.style.clone()))
            }
        }
    }

    /// What there is to complete to at this moment.
    pub fn namable(&self, context: &Context<'_>) -> Namable {
        let runs = commands::recent_runs(context, None).unwrap_or_default();
        Namable {
            plans: Arc::clone(&self.plans),
            runs: runs.iter().map(|run| (run.id, run.status, run.workflow.clone())).collect(),
            own_workflows: context.config().workflow.keys().cloned().collect(),
            open_plan: match &self.place {
                Place::Plan(id) => Some(id.clone()),
                Place::Board { .. } => None,
            },
        }
    }

    /// The verbs of a line, for painting the first word.
    pub fn verbs() -> Vec<String> {
        let grammar = Grammar::Deck.command();
        let names = grammar.get_subcommands().flat_map(|it| it.get_name_and_visible_aliases());
        names.map(str::to_owned).collect()
    }
}

fn shown(text: &clap::builder::StyledStr, colour: bool) -> String {
    let text = if colour { text.ansi().to_string() } else { text.to_string() };
    text.trim_end().to_owned() + "\n"
}
