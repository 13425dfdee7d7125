//! Dossiers of letters between two small hierarchies, checked as a judge would, and tampered with.

mod anchors;
mod boxes;
mod by_hand;
mod forgeries;
mod journey;
mod judgements;
mod tampering;
mod world;
