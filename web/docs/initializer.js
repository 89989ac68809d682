// One page for all services: each serves its own OpenAPI document, the drop-down chooses one.
"use strict";

const services = [
  "auth",
  "user-profile",
  "business-profile",
  "onboarding",
  "payments",
  "payment-reporting",
  "qr-code",
  "notification",
  "social",
  "timeline",
  "messages",
  "faq",
  "ocr",
  "graph",
];

SwaggerUIBundle({
  dom_id: "#documents",
  urls: services.map((name) => ({ name, url: `/api/v1/${name}/openapi.json` })),
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
  deepLinking: true,
  // The page is for trying the API by hand; a reload must not log the developer out.
  persistAuthorization: true,
  // No document leaves the machine to be checked elsewhere.
  validatorUrl: null,
});
