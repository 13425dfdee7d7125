//! The operator's endpoints in the table; what they answer is the front door's.

use axum::routing::get;
use sealpost_wire::paths;

use super::endpoint::{Access, Content, Endpoint, Patience, Verb};
use crate::server::operations;

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        verb: Verb::Get,
        path: paths::HEALTH,
        access: Access::Anyone,
        patience: Patience::Operation,
        summary: "Whether the process runs",
        about: "",
        takes: Content::Nothing,
        gives: Content::SomeJson("{\"status\": \"alive\"}"),
        problems: &[],
        route: || get(operations::alive),
    },
    Endpoint {
        verb: Verb::Get,
        path: paths::READY,
        access: Access::Anyone,
        patience: Patience::Operation,
        summary: "Whether it can do its work",
        about: "Database, disk, clock and own certificates. 503 `not-ready` says which is not.",
        takes: Content::Nothing,
        gives: Content::SomeJson("what was looked at"),
        problems: &["not-ready"],
        route: || get(operations::ready),
    },
    Endpoint {
        verb: Verb::Get,
        path: paths::METRICS,
        access: Access::Operator,
        patience: Patience::Operation,
        summary: "Numbers for Prometheus",
        about: "For the source addresses that the configuration lists.",
        takes: Content::Nothing,
        gives: Content::Octets("text/plain", "the text format of Prometheus"),
        problems: &[],
        route: || get(operations::numbers),
    },
];
