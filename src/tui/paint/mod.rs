//! The monitor as a picture: cells in a buffer. Decides where things stand and how they look; what is
//! shown is the model's.

mod help;
mod left;
mod look;
mod right;
mod rim;

pub use help::help_rows;
pub use look::Look;

use ratatui::buffer::Buffer;

use super::model::{Layer, Model};

/// Paints the monitor.
pub fn paint(model: &Model, look: &Look, buffer: &mut Buffer) {
    if let Some(Layer::Help(top)) = &model.layer {
        help::paint(*top, model.size, look, buffer);
        return;
    }
    let areas = model.areas();
    rim::top(model, areas.top, look, buffer);
    left::paint(model, &areas, look, buffer);
    right::paint(model, &areas, look, buffer);
    rim::line(areas.line, look, buffer);
    rim::bottom(model, areas.bottom, look, buffer);
}
