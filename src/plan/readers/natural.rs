//! Ids in the order that people count in.

/// What to sort ids by, so that `IMPL-2` comes before `IMPL-10` and `IMPL-1.2` after `IMPL-1`.
pub fn natural(id: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut rest = id;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|it: char| it.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at(end);
        chunks.push(match chunk.parse() {
            Ok(number) if digits => Chunk::Number(number),
            _ => Chunk::Text(chunk.to_owned()),
        });
        rest = after;
    }
    chunks
}

/// A run of digits, or of anything else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chunk {
    /// By its value.
    Number(u64),
    /// By its letters.
    Text(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_by_value() {
        let mut ids = ["IMPL-10", "IMPL-2", "IMPL-1.10", "IMPL-1.2", "IMPL-1", "DOC-3"];
        ids.sort_by_key(|id| natural(id));
        assert_eq!(ids, ["DOC-3", "IMPL-1", "IMPL-1.2", "IMPL-1.10", "IMPL-2", "IMPL-10"]);
    }
}
