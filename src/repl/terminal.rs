//! The deck at a terminal: reedline reads the line, the deck does the rest.

use std::{
    borrow::Cow,
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use reedline::{
    ColumnarMenu, Completer, CompletionResult, DefaultHinter, EditCommand, EditMode, Emacs, ExternalPrinter,
    History, HistoryItem, KeyCode, KeyModifiers, Keybindings, MenuBuilder as _, Osc133Markers, Prompt,
    PromptEditMode, PromptHistorySearch, PromptHistorySearchStatus, Reedline, ReedlineEvent, ReedlineMenu,
    Signal, Span, Suggestion, Vi, default_emacs_keybindings, default_vi_insert_keybindings,
    default_vi_normal_keybindings,
};

use super::{
    complete::{Namable, Names, complete},
    deck::{Deck, Flow},
    follow_files::FollowFiles,
    history::TypedLines,
    keys,
    line::{Hotkey, Hotkeys, LineState, Painter},
    notices::Notices,
};
use crate::{
    cli::Grammar,
    commands::{Context, Failure},
    config::EditMode as Editing,
    ids::RunId,
    journal::Redactor,
    render::{Role, Style},
};

/// How often the editor looks for notices while nothing is typed.
const LOOK: Duration = Duration::from_millis(50);

/// Why the deck gives the terminal away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// It was left.
    Quit,
    /// The monitor is wanted, with this run where one was named; the deck goes on afterwards.
    Monitor(Option<RunId>),
}

/// Reads keys and lines until the deck is left, or gives way to the monitor.
///
/// # Errors
/// When the terminal is gone.
pub fn run(deck: &mut Deck, context: &mut Context<'_>) -> Result<Leave, Failure> {
    let names = Arc::new(Mutex::new(Known::default()));
    let line = LineState::default();
    let printer = ExternalPrinter::<String>::new(256);
    let notices = Notices::start(context, printer.sender());
    let mut files = FollowFiles::new(printer.sender());
    let mut editor = editor(context, &line, &names, printer);
    loop {
        *names.lock().expect("no holder of this lock panics") = Known::of(deck.namable(context));
        let prompt = DeckPrompt::new(&deck.prompt(), context, line.clone());
        context.style.width = context.screen.size().columns;
        notices.listen();
        files.listen(context, deck);
        context.screen.watch_focus(true);
        let signal = editor.read_line(&prompt);
        context.screen.watch_focus(false);
        notices.hush();
        files.hush();
        context.style.width = context.screen.size().columns;
        let flow = match signal? {
            Signal::Success(typed) => marked(context, |context| deck.line(context, &typed))?,
            Signal::HostCommand(command) => hotkey(deck, context, &mut editor, &line, &command)?,
            Signal::CtrlC => Flow::Stay,
            _ => deck.key(context, 'q')?,
        };
        notices.know(&context.ends_shown);
        match flow {
            Flow::Stay => {}
            Flow::Quit => return Ok(Leave::Quit),
            Flow::Monitor(run) => return Ok(Leave::Monitor(run)),
        }
    }
}

/// A key on the empty line, and whatever was typed behind it in the same moment.
fn hotkey(
    deck: &mut Deck,
    context: &mut Context<'_>,
    editor: &mut Reedline,
    line: &LineState,
    command: &str,
) -> Result<Flow, Failure> {
    let mut todo = VecDeque::from([ReedlineEvent::ExecuteHostCommand(command.to_owned())]);
    todo.extend(line.take_typed_ahead());
    let mut echoed = false;
    while let Some(event) = todo.pop_front() {
        let empty = editor.current_buffer_contents().is_empty();
        match event {
            ReedlineEvent::ExecuteHostCommand(command) => {
                let Some(hotkey) = Hotkey::from_command(&command) else { continue };
                // What is printed on the prompt's own row would be painted over: leave it first.
                context.print(if echoed { "" } else { "\n" })?;
                echoed = true;
                let flow = marked(context, |context| press(deck, context, &hotkey))?;
                if flow != Flow::Stay {
                    return Ok(flow);
                }
            }
            ReedlineEvent::Edit(commands) => match commands.as_slice() {
                [EditCommand::InsertChar(digit @ '0'..='9')] if empty => {
                    todo.push_front(ReedlineEvent::ExecuteHostCommand(Hotkey::Digit(*digit).to_command()));
                }
                _ => editor.run_edit_commands(&commands),
            },
            ReedlineEvent::Enter | ReedlineEvent::Submit => {
                let typed = editor.current_buffer_contents().to_owned();
                editor.run_edit_commands(&[EditCommand::Clear]);
                if !typed.trim().is_empty() {
                    // A line that can't be kept is still run.
                    let _ = editor.history_mut().save(HistoryItem::from_command_line(&typed));
                }
                let flow = marked(context, |context| deck.line(context, &typed))?;
                if flow != Flow::Stay {
                    return Ok(flow);
                }
            }
            _ => {}
        }
    }
    Ok(Flow::Stay)
}

/// Does something between the marks that tell a terminal where output begins and ends (OSC 133 C and
/// D; the editor prints those around the prompt).
fn marked(
    context: &mut Context<'_>,
    deed: impl FnOnce(&mut Context<'_>) -> Result<Flow, Failure>,
) -> Result<Flow, Failure> {
    context.screen.print("\x1b]133;C\x1b\\")?;
    let flow = deed(context)?;
    context.screen.print("\x1b]133;D\x1b\\")?;
    Ok(flow)
}

fn press(deck: &mut Deck, context: &mut Context<'_>, hotkey: &Hotkey) -> Result<Flow, Failure> {
    match hotkey {
        Hotkey::Digit(digit) => deck.key(context, *digit),
        Hotkey::Escape => deck.key(context, '\u{1b}'),
        Hotkey::Letter(letter) => match own_chord(context, *letter) {
            Some(command) => deck.line(context, &command),
            None => deck.key(context, *letter),
        },
    }
}

/// What `[keys]` says of Alt and this letter.
fn own_chord(context: &Context<'_>, letter: char) -> Option<String> {
    let is_it = |chord: &str| chord.eq_ignore_ascii_case(&format!("alt-{letter}"));
    context.config().keys.iter().find(|(chord, _)| is_it(chord)).map(|(_, command)| command.clone())
}

fn editor(
    context: &Context<'_>,
    line: &LineState,
    names: &Arc<Mutex<Known>>,
    printer: ExternalPrinter<String>,
) -> Reedline {
    let style = &context.style;
    let ansi = |role: Role| if style.colour { style.theme.ansi(role) } else { nu_ansi_term::Style::new() };
    let mut letters: Vec<char> = keys::LETTERS.iter().map(|(letter, _)| *letter).collect();
    let chords = context
        .config()
        .keys
        .keys()
        .filter_map(|chord| chord.to_lowercase().strip_prefix("alt-")?.chars().next());
    letters.extend(chords);
    let (inner, escape_goes_back): (Box<dyn EditMode>, bool) = match context.config().deck.edit_mode {
        Editing::Emacs => (Box::new(Emacs::new(with_menu(default_emacs_keybindings()))), true),
        Editing::Vi => {
            let insert = with_menu(default_vi_insert_keybindings());
            (Box::new(Vi::new(insert, default_vi_normal_keybindings(), Keybindings::new())), false)
        }
    };
    let mode = Hotkeys::new(inner, line.clone(), letters, escape_goes_back).with_eyes(context.screen.eyes());
    let highlighter = Painter::new(line.clone(), Deck::verbs(), ansi(Role::Key), ansi(Role::Warning));
    let mut grammar = Grammar::Deck.command();
    grammar.build();
    let menu = ColumnarMenu::default().with_name(MENU).with_columns(1);
    let editor = Reedline::create()
        .with_edit_mode(Box::new(mode))
        .with_highlighter(Box::new(highlighter))
        .with_hinter(Box::new(DefaultHinter::default().with_style(ansi(Role::Dim))))
        .with_completer(Box::new(NameCompleter { names: Arc::clone(names), grammar }))
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_external_printer(printer)
        .with_poll_interval(LOOK)
        .with_ansi_colors(style.colour)
        .with_history_exclusion_prefix(Some(" ".to_owned()))
        .with_semantic_markers(Some(Osc133Markers::boxed()))
        .use_bracketed_paste(true);
    match history(context) {
        Some(history) => {
            let session = history.session();
            editor.with_history(Box::new(history)).with_history_session_id(session)
        }
        // Without a journal (a read-only workspace) lines are remembered for this session only.
        None => editor,
    }
}

fn history(context: &Context<'_>) -> Option<TypedLines> {
    let secrets = context.config().run.secrets.iter().map(String::as_str);
    let redactor = Redactor::new(secrets).ok()?;
    TypedLines::begin(context.own_journal().ok()?, redactor, Arc::clone(&context.clock)).ok()
}

const MENU: &str = "completion";

fn with_menu(mut bindings: Keybindings) -> Keybindings {
    let open = ReedlineEvent::UntilFound(vec![ReedlineEvent::Menu(MENU.to_owned()), ReedlineEvent::MenuNext]);
    bindings.add_binding(KeyModifiers::NONE, KeyCode::Tab, open);
    bindings.add_binding(KeyModifiers::SHIFT, KeyCode::BackTab, ReedlineEvent::MenuPrevious);
    bindings
}

/// What there is to complete to: made into names when somebody asks for the first of them.
#[derive(Default)]
struct Known {
    namable: Namable,
    names: Option<Names>,
}

impl Known {
    const fn of(namable: Namable) -> Self {
        Self { namable, names: None }
    }

    fn names(&mut self) -> &Names {
        self.names.get_or_insert_with(|| self.namable.names())
    }
}

struct NameCompleter {
    names: Arc<Mutex<Known>>,
    grammar: clap::Command,
}

impl Completer for NameCompleter {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        let mut known = self.names.lock().expect("no holder of this lock panics");
        let found = complete(line, pos, &self.grammar, known.names());
        let suggestion = |it: super::complete::Candidate| Suggestion {
            value: shell_words::quote(&it.text).into_owned(),
            description: (!it.about.is_empty()).then_some(it.about),
            span: Span::new(it.start, pos),
            append_whitespace: true,
            ..Suggestion::default()
        };
        CompletionResult::fresh(found.into_iter().map(suggestion).collect::<Vec<_>>())
    }
}

/// `ALPHA · advice 1-3 ❯`
struct DeckPrompt {
    words: String,
    mark: String,
    line: LineState,
}

impl DeckPrompt {
    fn new(words: &str, context: &Context<'_>, line: LineState) -> Self {
        let mark = if context.style.accessible { "> " } else { "❯ " };
        let Style { colour, theme, .. } = &context.style;
        let paint = |role: Role, text: &str| {
            if *colour { theme.ansi(role).paint(text).to_string() } else { text.to_owned() }
        };
        let gap = if words.is_empty() { "" } else { " " };
        Self { words: format!("{}{gap}", paint(Role::Name, words)), mark: paint(Role::Key, mark), line }
    }
}

impl Prompt for DeckPrompt {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.words)
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed(&self.mark)
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("… ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        // The search has a line of its own: digits in it are text.
        self.line.searching();
        let failing =
            if matches!(search.status, PromptHistorySearchStatus::Failing) { "nothing like " } else { "" };
        Cow::Owned(format!("(history: {failing}{}) ", search.term))
    }
}
