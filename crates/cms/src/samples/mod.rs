//! Messages that others wrote, or that attackers write: each is judged by every entrance of this room,
//! and none of them may crash it or be given more credit than it deserves.

mod efail;
mod parts;
mod rfc4134;
mod rfc9216;
mod signatures;
