"use strict";

const page = document.getElementById("swagger-ui");

// The button that opens an operation contains a link, which the Tab key would reach inside it.
// Opening an operation writes its address all the same.
const linksAreText = () => ({
  wrapComponents: {
    DeepLink: (Original, { React }) => (props) =>
      React.createElement(Original, { ...props, enabled: false }),
  },
});

// Names and levels that Swagger UI leaves out, for screen readers.
function nameParts() {
  const names = { "#servers": "Server", ".information-container": "About", ".scheme-container": "Access" };
  for (const [selector, name] of Object.entries(names)) {
    const part = page.querySelector(selector);
    part?.setAttribute("aria-label", name);
    if (part?.id !== "servers") part?.setAttribute("role", "region");
  }
  const headings = page.querySelectorAll("h3.opblock-tag, .models > h4");
  for (const heading of headings) heading.ariaLevel = "2";
}

SwaggerUIBundle({
  url: page.dataset.schema,
  domNode: page,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  plugins: [linksAreText],
  onComplete: nameParts,
  deepLinking: true,
  requestInterceptor(request) {
    if (request.method && request.method !== "GET") {
      request.headers["X-CSRFToken"] = page.dataset.csrf;
    }
    return request;
  },
});

// The theme of the site, or of the system. Swagger UI has a class for its dark colours.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function showTheme() {
  const { theme } = root.dataset;
  root.classList.toggle("dark-mode", theme === "auto" ? system.matches : theme === "dark");
}

new MutationObserver(showTheme).observe(root, { attributeFilter: ["data-theme"] });
system.addEventListener("change", showTheme);
showTheme();
