//! What the README promises on its first screen, and the one version of Rust that is asked for.

const README: &str = include_str!("../README.md");
const MANIFEST: &str = include_str!("../Cargo.toml");

#[test]
fn the_first_block_is_exactly_the_two_commands_for_a_fresh_machine() {
    let (_, after) = README.split_once("```sh\n").expect("there is a block of commands");
    let (block, _) = after.split_once("```").expect("the block ends");
    assert_eq!(block, "cargo run --release -- demo\ncargo test\n");
    let line = README.lines().position(|line| line == "```sh").expect("there is a block of commands");
    assert!(line < 20, "it stands on the first screen");
}

#[test]
fn the_readme_asks_for_the_rust_that_the_manifest_asks_for() {
    let version =
        MANIFEST.lines().find_map(|line| line.strip_prefix("rust-version = ")).expect("it is stated");
    let version = version.trim_matches('"');
    assert!(README.contains(&format!("({version} or newer)")), "README does not say {version}");
}
