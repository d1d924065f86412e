//! Where a page of a list ends, as a token that others hand back and don't read.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{
    error::Error,
    query::{RunQuery, RunSort},
    row,
};

/// Where a page ends: its last run's sort key, creation and number.
#[derive(Serialize, Deserialize)]
pub struct Place {
    pub sort: RunSort,
    pub reverse: bool,
    pub key: Key,
    pub created: i64,
    pub n: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    Number(i64),
    Text(String),
}

/// Opaque to others: hexadecimal, so that a shell needs no quotes around it.
pub fn token(place: &Place) -> String {
    row::body(place).bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a text takes all");
        hex
    })
}

/// Reads a token of the same list again.
pub fn place(token: &str, query: &RunQuery) -> Result<Place, Error> {
    let bad = || Error::BadPage { token: token.to_owned() };
    let bytes: Option<Vec<u8>> = token
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let place: Place = serde_json::from_slice(&bytes.ok_or_else(bad)?).map_err(|_| bad())?;
    if place.sort != query.sort || place.reverse != query.reverse {
        return Err(bad());
    }
    Ok(place)
}
