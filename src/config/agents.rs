//! The agents that are known without any configuration. `[agent.NAME]` of the same name replaces one.

use std::collections::BTreeMap;

use super::model::{Agent, Config, PromptBy, StreamFormat};

/// In the order in which they are looked for when nobody says which.
pub const KNOWN_AGENTS: [&str; 5] = ["claude", "codex", "gemini", "opencode", "cursor-agent"];

/// Each may edit the workspace, and none may do everything: who wants more says so in the configuration.
fn known(name: &str) -> Option<Agent> {
    let (command, prompt, stream, resume): (&[&str], _, _, &[&str]) = match name {
        "claude" => (
            &[
                "claude",
                "-p",
                "--output-format",
                "stream-json",
                "--verbose",
                "--permission-mode",
                "acceptEdits",
            ],
            PromptBy::Stdin,
            StreamFormat::Claude,
            &["--resume", "{session}"],
        ),
        "codex" => (
            &["codex", "exec", "--json", "--full-auto", "--skip-git-repo-check", "-"],
            PromptBy::Stdin,
            StreamFormat::Codex,
            // A prompt from standard input and a session do not go together there.
            &[],
        ),
        "gemini" => (
            &["gemini", "--output-format", "stream-json", "--approval-mode", "auto_edit"],
            PromptBy::Stdin,
            StreamFormat::Gemini,
            &["--resume", "{session}"],
        ),
        "opencode" => (
            &["opencode", "run", "--format", "json"],
            PromptBy::Argument,
            StreamFormat::Opencode,
            &["--session", "{session}"],
        ),
        "cursor-agent" => (
            // Without --force it only proposes what it would change.
            &["cursor-agent", "-p", "--force", "--output-format", "stream-json"],
            PromptBy::Argument,
            StreamFormat::Claude,
            &["--resume", "{session}"],
        ),
        _ => return None,
    };
    let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect();
    Some(Agent { command: words(command), prompt, stream, resume: words(resume), ok_exit: vec![0] })
}

impl Config {
    /// The agents there are: those of the configuration, and the known ones that it does not replace.
    #[must_use]
    pub fn agents(&self) -> BTreeMap<String, Agent> {
        let mut agents: BTreeMap<String, Agent> =
            KNOWN_AGENTS.iter().filter_map(|name| Some(((*name).to_owned(), known(name)?))).collect();
        agents.extend(self.agent.clone());
        agents
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_agent_is_described_and_can_be_replaced() {
        let mut config = Config::default();
        assert_eq!(config.agents().len(), KNOWN_AGENTS.len());
        let own = Agent { command: vec!["my-claude".to_owned()], ..known("claude").unwrap() };
        config.agent.insert("claude".to_owned(), own.clone());
        assert_eq!(config.agents()["claude"], own);
    }
}
