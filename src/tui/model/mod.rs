//! The monitor as it stands, and what each thing that happens does to it. Pure: keys, rows, events and
//! lines come in; wishes come out, and what is painted is read from it.

mod act;
mod act_on_log;
mod press;
mod state;

pub use state::{Asked, Depth, Happened, Layer, Model, Opened, Purpose, Side, Wish};
