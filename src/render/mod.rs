//! How it looks, as text: a view, a width and a style go in, a string comes out.
//!
//! No decision is made here about what is shown; that is the view's. What is decided here is where
//! it stands, what is clipped, and which role each word has. Every string ends without a line break,
//! and no line of it is wider than [`Style::width`].
//!
//! Also the public JSON, written by hand in one place (`json/`), and the plain output for scripts.

mod board;
mod diff;
mod following;
mod help;
mod item;
pub mod json;
mod line;
mod page;
mod panel;
mod parts;
mod picker;
pub mod plain;
mod run_page;
mod runs;
mod schedule;
mod status;
mod style;
mod symbols;
mod theme;
mod timeline;

pub use board::board;
pub use diff::diff;
pub use following::{following, told};
pub use help::help;
pub use item::item_page;
pub use page::page;
pub use panel::{confirm, panel};
pub use picker::{PICKER_FRAME, picker};
pub use run_page::run_page;
pub use runs::run_list;
pub use schedule::schedule;
pub use status::{announcement, theme_sample, word};
pub use style::Style;
pub use symbols::status_mark;
pub use theme::{Role, Theme, ThemeError, ThemeTable};
pub use timeline::timeline;
