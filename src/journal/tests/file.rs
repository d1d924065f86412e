use super::*;

#[test]
fn a_journal_of_a_newer_program_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&path).unwrap();
    journal.db.pragma_update(None, "user_version", schema::CURRENT + 1).unwrap();
    drop(journal);
    let before = std::fs::read(&path).unwrap();
    let error = Journal::open(&path).unwrap_err();
    assert!(matches!(error, Error::Newer { .. }), "{error}");
    assert!(error.to_string().contains("newer plandeck"), "{error}");
    assert!(matches!(Journal::open_read_only(&path), Err(Error::Newer { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_no_journal_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    std::fs::write(&path, "this is a text of more than a hundred bytes, ".repeat(30)).unwrap();
    for error in [Journal::open(&path).unwrap_err(), Journal::open_read_only(&path).unwrap_err()] {
        assert!(error.to_string().contains("journal.db can't be opened"), "{error}");
    }
    let nowhere = Journal::open(&folder.path().join("no/journal.db")).unwrap_err();
    assert!(nowhere.to_string().contains("no/journal.db can't be opened"), "{nowhere}");
}

#[test]
fn a_reader_that_may_not_write_reads_and_does_not_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    assert!(Journal::open_read_only(&path).is_err());
    let mut journal = Journal::open(&path).unwrap();
    journal.create_run(&spec(id(1), "next", None, 0), at(0)).unwrap();
    let mut reader = Journal::open_read_only(&path).unwrap();
    assert_eq!(reader.list(&RunQuery::default()).unwrap().total, 1);
    assert!(reader.forget_run(id(1)).is_err());
}

#[test]
fn another_connection_notices_news_cheaply() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let (mut writer, reader) = (Journal::open(&path).unwrap(), Journal::open(&path).unwrap());
    let before = reader.data_version().unwrap();
    assert_eq!(reader.data_version().unwrap(), before);
    writer.create_run(&spec(id(1), "next", None, 0), at(0)).unwrap();
    assert_ne!(reader.data_version().unwrap(), before);
    assert!(reader.check().unwrap().is_empty());
}
