//! What a person wants to know, folded from plans and records. Pure: no I/O, no clock, no width.
