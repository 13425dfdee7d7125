//! The OpenAPI document, made from the table of endpoints.
//!
//! It is served, and committed as docs/openapi.json so that a change of the API is seen in review.
//! To renew the file: `SEALPOST_WRITE_OPENAPI=1 cargo test -p sealpost-provider openapi`.

use std::collections::BTreeMap;

use sealpost_wire::paths::MEDIA_PROBLEM;
use sealpost_wire::problem::Problem;
use serde_json::{Value, json};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::response::{Response, ResponseBuilder, ResponsesBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
};

use super::endpoint::{Access, Content, Endpoint, NamedSchema, Verb, schema_of};
use super::endpoints;

/// The document as it is served and committed.
#[must_use]
pub fn document_json() -> String {
    let document = serde_json::to_value(document()).expect("an OpenAPI document is JSON");
    format!("{:#}\n", sorted(document))
}

/// Members by name, so that the same document always has the same text.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> =
                members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn document() -> OpenApi {
    let mut schemas = Schemas::default();
    schemas.refer(schema_of::<Problem>());
    let mut paths = PathsBuilder::new();
    for endpoint in endpoints() {
        let method = match endpoint.verb {
            Verb::Get => HttpMethod::Get,
            Verb::Post => HttpMethod::Post,
            Verb::Put => HttpMethod::Put,
        };
        paths = paths.path(endpoint.path, PathItem::new(method, operation(endpoint, &mut schemas)));
    }
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas.0)
        .security_scheme(
            MUTUAL_TLS,
            SecurityScheme::MutualTls {
                description: Some(
                    "A client certificate of this provider, or of one it trusts".to_owned(),
                ),
                deprecated: None,
                extensions: None,
            },
        )
        .build();
    let info = InfoBuilder::new()
        .title("Sealpost provider")
        .version(API_VERSION)
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").build()));
    OpenApiBuilder::new()
        .info(info.build())
        .paths(paths.build())
        .components(Some(components))
        .build()
}

fn operation(endpoint: &Endpoint, schemas: &mut Schemas) -> Operation {
    let answer = match endpoint.gives {
        Content::Nothing => ("204", ResponseBuilder::new().description("Done").build()),
        gives => ("200", with_content(ResponseBuilder::new(), gives, schemas)),
    };
    let refusal = ResponseBuilder::new()
        .description("A problem (RFC 9457); its type ends in a stable code")
        .content(MEDIA_PROBLEM, ContentBuilder::new().schema(Some(reference("Problem"))).build())
        .build();
    let responses =
        ResponsesBuilder::new().response(answer.0, answer.1).response("default", refusal);
    let mut operation = OperationBuilder::new()
        .operation_id(Some(operation_id(endpoint)))
        .summary(Some(endpoint.summary))
        .description((!endpoint.about.is_empty()).then_some(endpoint.about))
        .request_body(request_body(endpoint.takes, schemas))
        .responses(responses.build())
        .extensions(Some(extensions(endpoint)));
    for rest in endpoint.path.split('{').skip(1) {
        let name = rest.split('}').next().unwrap_or_default();
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(text_schema())),
        );
    }
    if matches!(endpoint.access, Access::Account | Access::Provider) {
        operation = operation.security(SecurityRequirement::new(MUTUAL_TLS, Vec::<String>::new()));
    }
    operation.build()
}

/// Who may call, and the codes of the endpoint's own problems.
fn extensions(endpoint: &Endpoint) -> utoipa::openapi::extensions::Extensions {
    let access = match endpoint.access {
        Access::Anyone => "anyone",
        Access::Account => "account",
        Access::Provider => "provider",
        Access::Operator => "operator",
    };
    ExtensionsBuilder::new()
        .add("x-access", json!(access))
        .add("x-problems", json!(endpoint.problems))
        .build()
}

fn request_body(takes: Content, schemas: &mut Schemas) -> Option<RequestBody> {
    let (media_type, about, schema) = described(takes, schemas)?;
    Some(
        RequestBodyBuilder::new()
            .description(about)
            .required(Some(Required::True))
            .content(media_type, ContentBuilder::new().schema(Some(schema)).build())
            .build(),
    )
}

fn with_content(response: ResponseBuilder, gives: Content, schemas: &mut Schemas) -> Response {
    let Some((media_type, about, schema)) = described(gives, schemas) else {
        return response.description("Done").build();
    };
    response
        .description(about.unwrap_or("Done"))
        .content(media_type, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}

fn described(
    content: Content,
    schemas: &mut Schemas,
) -> Option<(&'static str, Option<&'static str>, RefOr<Schema>)> {
    match content {
        Content::Nothing => None,
        Content::Json(schema) => Some(("application/json", None, schemas.refer(schema()))),
        Content::SomeJson(about) => Some((
            "application/json",
            Some(about),
            ObjectBuilder::new().schema_type(Type::Object).into(),
        )),
        Content::Octets(media_type, about) => Some((media_type, Some(about), text_schema())),
    }
}

/// The schemas that were referred to, by name.
#[derive(Default)]
struct Schemas(BTreeMap<String, RefOr<Schema>>);

impl Schemas {
    fn refer(&mut self, schema: NamedSchema) -> RefOr<Schema> {
        self.0.extend(schema.all);
        reference(&schema.name)
    }
}

fn reference(name: &str) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(name))
}

fn text_schema() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).into()
}

/// `POST /v1/letters/{dispatch_id}/acceptance` is `post-letters-acceptance`.
fn operation_id(endpoint: &Endpoint) -> String {
    let verb = match endpoint.verb {
        Verb::Get => "get",
        Verb::Post => "post",
        Verb::Put => "put",
    };
    let words = endpoint
        .path
        .split(['/', '.'])
        .filter(|word| !word.is_empty() && *word != "v1" && !word.starts_with('{'));
    std::iter::once(verb).chain(words).collect::<Vec<_>>().join("-")
}

const MUTUAL_TLS: &str = "mutual-tls";
/// Of the paths below `/v1`; a change that breaks callers makes `/v2`.
const API_VERSION: &str = "1";
const ABOUT: &str = "\
Registered mail for the Internet: the API of a provider that carries what it cannot read. \
TLS 1.3; callers show a certificate where `x-access` says `account` or `provider`. \
Every endpoint may also answer: unauthenticated, certificate-refused, account-blocked, forbidden, \
malformed, unsupported-media-type, too-large, too-slow, broken-off, too-long, busy, \
too-many-requests, stopping, own-certificate-not-valid, internal. What to do about each code is in \
docs/operating.md.";
