//! Journeys: what happens to a letter, told by real processes. One file per kind of story.

mod blind_operator;
mod failures;
mod interop;
mod killed;
mod letters;
mod recipients;
mod steps;
