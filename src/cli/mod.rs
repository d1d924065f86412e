//! The grammar of the command line: the same types parse a shell command and a line of the deck.
//!
//! Grammar only: nothing here opens a file or prints.
