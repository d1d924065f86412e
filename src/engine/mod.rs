//! Turns one run: takes an input, lets the scheduler decide, writes, answers, acts. One plain thread.
