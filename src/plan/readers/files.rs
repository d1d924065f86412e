//! Which files of a listing a scope means.

use super::Scope;
use crate::plan::listing::{Content, Listing};

/// The files that a scope means, in the order of paths: all that are wanted in the workspace or in
/// the folder it names, or exactly the file it names, whatever that is called.
pub fn chosen<'a>(listing: &'a Listing, scope: &'a Scope, wanted: impl Fn(&str) -> bool) -> Vec<&'a str> {
    let Some(path) = place(scope) else { return Vec::new() };
    if is_file(listing, path) {
        return vec![path];
    }
    let files = listing.below(path).filter(|(_, entry)| entry.content != Content::Folder);
    files.map(|(path, _)| path).filter(|path| wanted(path)).collect()
}

/// The file or folder that a scope is about; `""` is the workspace. Nothing for a scope that is not
/// about a place.
pub fn place(scope: &Scope) -> Option<&str> {
    match scope {
        Scope::Workspace => Some(""),
        Scope::Path(path) => Some(path.trim_end_matches('/').trim_start_matches("./")),
        Scope::Named(_) => None,
    }
}

/// Whether a file is there, readable or not.
pub fn is_file(listing: &Listing, path: &str) -> bool {
    listing.get(path).is_some_and(|entry| entry.content != Content::Folder)
}

/// Whether a file is of a kind by its name: `md`, `json`.
pub fn is_kind(path: &str, kind: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|it| it.eq_ignore_ascii_case(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_means_its_files() {
        let listing = Listing::new().with("a/x.json", "").with("a/b/x.json", "").with("a/y.md", "");
        let check = |scope: Scope, expected: &[&str]| {
            assert_eq!(chosen(&listing, &scope, |path| path.ends_with("x.json")), expected, "{scope:?}");
        };
        check(Scope::Workspace, &["a/b/x.json", "a/x.json"]);
        check(Scope::Path("a/b/".into()), &["a/b/x.json"]);
        check(Scope::Path("./a/y.md".into()), &["a/y.md"]);
        check(Scope::Path("c".into()), &[]);
        check(Scope::Named(vec!["a/x.json".into()]), &[]);
    }
}
