//! The lines of an exported run.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{Moment, Timestamp},
    ids::{AttemptId, RunId, Seq},
    run::{Event, EventKind, Specification},
};

/// The version this program writes. Keys may be added under it.
pub const VERSION: u32 = 1;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// The first.
    Head {
        /// [`VERSION`] of the program that wrote it.
        plandeck_export: u32,
        /// The run.
        run: RunId,
        /// When it was exported.
        exported_at: String,
        /// What it was meant to do.
        spec: Box<Specification>,
    },
    /// What happened, in order.
    Event {
        /// Grows by one.
        seq: Seq,
        /// By the run's own clock.
        at: Moment,
        /// By the wall.
        ts: Timestamp,
        /// What.
        event: EventKind,
    },
    /// A piece of a log, in order.
    Log {
        /// Whose.
        attempt: AttemptId,
        /// What it said.
        #[serde(flatten)]
        piece: Piece,
    },
    /// The last.
    End {
        /// How many events there were.
        events: u64,
        /// How many bytes of logs.
        bytes: u64,
    },
}

/// Some bytes of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// They are text.
    Text(String),
    /// They are not: two hexadecimal digits a byte.
    Hex(String),
}

impl Piece {
    pub fn of(bytes: Vec<u8>) -> Self {
        let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        String::from_utf8(bytes).map_or_else(|error| Self::Hex(digits(error.as_bytes())), Self::Text)
    }

    /// The bytes again; absent when they are no hexadecimal digits.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.as_bytes().to_vec()),
            Self::Hex(digits) => {
                let pairs = digits.as_bytes().chunks(2);
                let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
                pairs.map(byte).collect()
            }
        }
    }
}

impl From<&Event> for Line {
    fn from(event: &Event) -> Self {
        Self::Event { seq: event.seq, at: event.at, ts: event.ts, event: event.kind.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_they_were() {
        let check = |bytes: &[u8]| {
            let line = Line::Log {
                attempt: AttemptId { task: "one".into(), number: 1 },
                piece: Piece::of(bytes.to_vec()),
            };
            let text = serde_json::to_string(&line).unwrap();
            let Line::Log { piece, .. } = serde_json::from_str(&text).unwrap() else { panic!("{text}") };
            assert_eq!(piece.bytes().as_deref(), Some(bytes), "{text}");
        };
        check(b"");
        check("héllo\n\x1b[0m".as_bytes());
        check(&[0xff, 0x00, 0x7f, 0xc3]);
        assert_eq!(Piece::Hex("f".repeat(3) + "x").bytes(), None);
    }
}
