//! What a Markdown file is made of, for readers of plans: headings, list items with their
//! checkboxes, and which lines are no prose at all.
//!
//! Code fences and HTML comments never yield items, and every item knows its line and the byte of
//! its box. It is not a renderer, and it does not know what a mark or an id means: that is the
//! dialect's business.
//!
//! Where people and the CommonMark specification part ways, people win, because a plan's author
//! looks at the source and not at a rendering:
//!
//! * A checkbox counts at any indentation. CommonMark reads four spaces after a blank line as
//!   code; nobody who writes `    - [ ] T012` means code.
//! * A line of tags (`<details>`, `<task_context>`) does not swallow what follows it. CommonMark
//!   reads everything up to the next blank line as HTML, headings and fences included.
//! * A list item is inside another when it is indented two columns more, also below `1.`.

mod blocks;
mod comment;
mod item;
mod outline;
mod structure;
#[cfg(test)]
mod tests;

pub use item::{Bullet, ListItem, Mark};
pub use outline::{Cover, Heading, Line, Lines, Outline};
