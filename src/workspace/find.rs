//! Which folder is the workspace.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// The configuration file that makes a folder a workspace.
pub const CONFIG_FILE: &str = "plandeck.toml";

/// The state folder's usual name.
pub const STATE_FOLDER: &str = ".plandeck";

/// The nearest folder from `from` upwards that holds `plandeck.toml`, else `.plandeck`, else one of
/// `markers` (what dialects keep their plans in), else `from` itself.
///
/// The search stops at `home`, at mount points and at folders that belong to someone else, because a
/// foreign `plandeck.toml` would decide which programs are run.
pub fn find_root(from: &Path, home: Option<&Path>, markers: &[&str]) -> PathBuf {
    let candidates = folders_upwards(from, home);
    let holds = |name: &str| candidates.iter().find(|folder| folder.join(name).exists()).copied();
    let found = holds(CONFIG_FILE)
        .or_else(|| holds(STATE_FOLDER))
        .or_else(|| candidates.iter().find(|it| markers.iter().any(|name| it.join(name).exists())).copied());
    found.unwrap_or(from).to_owned()
}

/// `from` and the folders above it that the search may enter.
fn folders_upwards<'a>(from: &'a Path, home: Option<&Path>) -> Vec<&'a Path> {
    let Ok(start) = fs::metadata(from) else { return vec![from] };
    let mut folders = Vec::new();
    for folder in from.ancestors() {
        let same_owner_and_mount =
            fs::metadata(folder).is_ok_and(|it| it.uid() == start.uid() && it.dev() == start.dev());
        if !same_owner_and_mount {
            break;
        }
        folders.push(folder);
        if home == Some(folder) {
            break;
        }
    }
    // The home folder is where a search ends, and is a workspace only for one who stands in it.
    if folders.len() > 1 && folders.last().copied() == home {
        folders.pop();
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_configuration_wins_over_nearer_markers() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b/c");
        fs::create_dir_all(&deep).unwrap();
        let find = |home: Option<&Path>| find_root(&deep, home, &["specs"]);

        assert_eq!(find(None), deep, "nothing is found: here");
        fs::create_dir(root.path().join("a/b/specs")).unwrap();
        assert_eq!(find(None), root.path().join("a/b"), "a marker");
        fs::create_dir(root.path().join("a/.plandeck")).unwrap();
        assert_eq!(find(None), root.path().join("a"), "a state folder before a marker");
        fs::write(root.path().join(CONFIG_FILE), "").unwrap();
        assert_eq!(find(None), root.path(), "a configuration before all");
    }

    #[test]
    fn the_search_stops_at_home() {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        let deep = home.join("project");
        fs::create_dir_all(&deep).unwrap();
        fs::write(root.path().join(CONFIG_FILE), "").unwrap();
        fs::write(home.join(CONFIG_FILE), "").unwrap();
        assert_eq!(find_root(&deep, Some(&home), &[]), deep);
        assert_eq!(find_root(&home, Some(&home), &[]), home);
    }
}
