//! Journeys: what happens to a letter, told by real processes. One file per kind of story.

#![allow(clippy::unwrap_used)] // a journey that cannot go on has failed

mod attachments;
mod blind_operator;
mod certificates;
mod documents;
mod experimental;
mod failures;
mod interop;
mod killed;
mod letters;
mod policy;
mod recipients;
mod rotate;
mod steps;
mod storage;
mod suites;
mod three;
mod time;
