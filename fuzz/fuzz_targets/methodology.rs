#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plandeck_fuzz::reader(plandeck::plan::Dialect::Methodology, bytes));
