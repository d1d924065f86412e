//! Words that two floors must write alike, although neither may ask the other.

use clap::ValueEnum as _;
use plandeck::{
    cli::{DocumentName, StateWord, StatusWord, StrategyWord},
    plan::ItemState,
    run::{Status, Strategy},
};

#[test]
fn every_status_can_be_asked_for_and_no_other() {
    let typed: Vec<String> = StatusWord::value_variants().iter().map(|word| word.word()).collect();
    assert_eq!(typed, Status::ALL.map(|status| status.word().to_owned()));
}

#[test]
fn every_strategy_can_be_asked_for_and_no_other() {
    let typed: Vec<String> = StrategyWord::value_variants().iter().map(|word| word.word()).collect();
    assert_eq!(typed, Strategy::ALL.map(|strategy| strategy.word().to_owned()));
}

#[test]
fn every_state_that_can_be_set_is_a_state() {
    for word in StateWord::value_variants() {
        let state: ItemState = serde_json::from_value(word.word().into()).unwrap();
        assert_eq!(state.word(), word.word());
    }
}

#[test]
fn a_documents_word_is_the_one_that_is_typed() {
    for name in DocumentName::value_variants() {
        assert_eq!(name.to_possible_value().unwrap().get_name(), name.word());
    }
}
