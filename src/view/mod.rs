//! What a person wants to know, folded from plans and records. Pure: no I/O, no clock, no width.
//!
//! Each screen is a struct that holds facts, numbers and sentences, and every decision about what is
//! shown: what is listed first, what is gathered into a count, which keys live and why others are
//! dead. How it looks is decided in `render`; nothing here is coloured, clipped or aligned, and
//! foreign text is still as it was found.

mod board;
mod changes;
mod confirm;
mod diff;
mod ends;
mod estimate;
mod following;
mod health;
mod help;
mod item;
mod menu;
mod outlook;
mod page;
mod panel;
mod picker;
mod run_page;
mod runs;
mod status;
mod task_order;
mod timeline;
mod told;
mod tree;
mod words;

pub use board::{Board, BoardRow, LastDone, PAGE, board, board_order};
pub use changes::{changed, disarmed};
pub use confirm::{Confirm, confirm_action, confirm_cancel, confirm_prune, confirm_run};
pub use diff::{Change, LineDiff, RunDiff, Sides, TaskDiff, TaskSide, diff, first_difference};
pub use ends::{Ended, ended};
pub use estimate::{Estimate, FEWEST, Forecast, Histories, History, forecast, forecast_steps};
pub use following::{FollowRow, FollowedTask, Following, following};
pub use health::{Health, HealthPart, STALE_AFTER, health, stale_items};
pub use help::{HelpKey, HelpPage, HelpSection};
pub use item::{ItemPage, NeedLine, hours_words, item_page};
pub use menu::{Choice, KeyState, Menu, MenuEntry, menu, waiting_for};
pub use outlook::Outlook;
pub use page::{Counts, Detail, PageFacts, Parallel, ParallelHours, PlanPage, page};
pub use panel::{Fact, NumberedAdvice, Panel, Tail, Tone, refused, trouble};
pub use picker::{Picker, PickerKey, PickerPage, PickerSort, PickerWish};
pub use run_page::{AttemptLine, Relative, RunPage, TaskLine, run_page};
pub use runs::{RunLine, RunList, run_line, run_list};
pub use status::{announcement, left_going, prompt_words};
pub use task_order::{TaskGroup, TaskOrder};
pub use timeline::{Span, SpanKind, Timeline, TimelineRow, timeline};
pub use told::{Told, told};
pub use tree::{GroupView, ItemLine, Items};
pub use words::{ago, exit_words, outcome_words, signal_name};
