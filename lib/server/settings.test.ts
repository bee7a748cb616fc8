import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadSettings, settingsSchema } from "./settings.ts";

function problemsOf(environment: Record<string, string>): string {
  try {
    loadSettings(environment);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
}

function yamlFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "meshscope-settings-")), "meshscope.yaml");
  writeFileSync(path, text);
  return path;
}

describe("settings", () => {
  it("have defaults that suit a laptop", () => {
    expect(loadSettings({ PATH: "/bin" })).toEqual({
      BASE_PATH: "",
      REMOTE_TOKENS: "off",
      PROMETHEUS_TIMEOUT_SECONDS: 30,
      PROMETHEUS_RULES: "auto",
      REQUESTS_PER_MINUTE: 1200,
      CONCURRENT_REQUESTS: 64,
      CLUSTER_NAME: "Kubernetes",
      REFRESH_SECONDS: 15,
      HEALTH_RATE: { rate: [] },
      ISTIO_NAMESPACE: ["istio-system"],
      CERTIFICATES: "off",
      AUTH: "anonymous",
      SESSION_IDLE_MINUTES: 30,
      SESSION_HOURS: 8,
      AUTH_USER_HEADER: "x-forwarded-user",
      AUTH_GROUPS_HEADER: "x-forwarded-groups",
      OIDC_SCOPES: "openid profile email",
      OIDC_USER_CLAIM: "email",
      OIDC_GROUPS_CLAIM: "groups",
      OIDC_KUBERNETES: "token",
      LOG_LEVEL: "info",
      DEMO: false,
      DEMO_SEED: 1,
    });
  });

  it("come from the YAML file, and variables win over it", () => {
    const file = yamlFile("prometheus:\n  url: http://from-file:9090\n  timeoutSeconds: 5\nnamespaces: [a, b]\n");
    const settings = loadSettings({ MESHSCOPE_CONFIG: file, MESHSCOPE_PROMETHEUS_URL: "http://from-variable:9090" });
    expect(settings).toMatchObject({
      PROMETHEUS_URL: [{ url: "http://from-variable:9090" }],
      PROMETHEUS_TIMEOUT_SECONDS: 5,
      NAMESPACES: ["a", "b"],
    });
  });

  it("treat an empty variable as not set", () => {
    expect(loadSettings({ MESHSCOPE_PROMETHEUS_URL: "" }).PROMETHEUS_URL).toBeUndefined();
  });

  it("take a base path that can stand in a URL, a cookie and a regular expression", () => {
    for (const path of ["/meshscope", "/a/b-c", "/v1.2/~mesh_1"]) {
      expect(loadSettings({ MESHSCOPE_BASE_PATH: path }).BASE_PATH).toBe(path);
    }
    const wrong = [
      "/",
      "meshscope",
      "/mesh/",
      "//mesh",
      "/a//b",
      "/a/../b",
      "/..",
      "/.",
      "/a b",
      "/a%2fb",
      "/a?b",
      "/é",
    ];
    for (const path of [...wrong, "/a\n", "/${x}", "/<b>", `/${"a".repeat(100)}`]) {
      expect(problemsOf({ MESHSCOPE_BASE_PATH: path }), path).toContain("MESHSCOPE_BASE_PATH");
    }
  });

  it("read headers, matchers and scales", () => {
    const settings = loadSettings({
      MESHSCOPE_PROMETHEUS_HEADERS: "X-Scope-OrgID=team=a, X-Other=1",
      MESHSCOPE_PROMETHEUS_QUERY_SCOPE: 'mesh="east"',
      MESHSCOPE_DEMO: "true",
      MESHSCOPE_DEMO_SCALE: "services=100",
    });
    expect(settings.PROMETHEUS_HEADERS).toEqual({ "X-Scope-OrgID": "team=a", "X-Other": "1" });
    expect(settings.PROMETHEUS_QUERY_SCOPE).toEqual([{ label: "mesh", operator: "=", value: "east" }]);
    expect(settings.DEMO_SCALE).toEqual({ services: 100, edges: 300, namespaces: 5 });
  });
});

describe("tolerances", () => {
  const entry = {
    namespace: "shop",
    kind: "service|app",
    name: ".*",
    tolerance: [{ code: "404", protocol: "http", direction: ".*", degraded: 0, failure: 20 }],
  };

  it("come as Kiali writes them, from the file", () => {
    const file = yamlFile(
      'health:\n  rate:\n  - namespace: shop\n    kind: "service|app"\n    tolerance:\n    - { code: 404, protocol: http, failure: 20 }\n',
    );
    expect(loadSettings({ MESHSCOPE_CONFIG: file }).HEALTH_RATE).toEqual({ rate: [entry] });
  });

  it("come as JSON from the variable", () => {
    expect(loadSettings({ MESHSCOPE_HEALTH_RATE: JSON.stringify([entry]) }).HEALTH_RATE).toEqual({ rate: [entry] });
  });

  it.each([
    ["no list", "must be a list such as ["],
    ['[{"tolerance":[]}]', "MESHSCOPE_HEALTH_RATE: entry 1, tolerance: must name at least one"],
    ['[{"tolerance":[{"code":"5XX"}]}]', "entry 1, tolerance 1, failure: must be a percentage"],
    ['[{"tolerance":[{"code":"(","failure":10}]}]', 'entry 1, tolerance 1: code "(" is not a regular expression'],
    ['[{"tolerance":[{"code":"5XX","degraded":20,"failure":10}]}]', "degraded 20 lies above failure 10"],
    ['[{"name":"(a+)+","tolerance":[{"code":"5XX","failure":10}]}]', 'entry 1: name "(a+)+" repeats a group'],
    ['[{"names":"a","tolerance":[{"code":"5XX","failure":10}]}]', 'entry 1: Unrecognized key: "names"'],
  ])("say where they are wrong: %s", (text, expected) => {
    expect(problemsOf({ MESHSCOPE_HEALTH_RATE: text })).toContain(expected);
  });
});

describe("a wrong setting names its key and the fix", () => {
  it.each([
    [{ MESHSCOPE_PROMETHEUS_URL: "prometheus:9090" }, "MESHSCOPE_PROMETHEUS_URL: must be a URL such as"],
    [{ MESHSCOPE_PROMETHEUS_URL: "file:///etc/passwd" }, "MESHSCOPE_PROMETHEUS_URL: must be a URL such as"],
    [{ MESHSCOPE_PROMETHEUS_URL: "east=http://a,b" }, "MESHSCOPE_PROMETHEUS_URL: must be a URL such as"],
    [{ MESHSCOPE_PROMETHEUS_URL: "east=http://a,east=http://b" }, '"east" names two servers'],
    [{ MESHSCOPE_PROMETHEUS_URI: "http://x" }, "did you mean MESHSCOPE_PROMETHEUS_URL?"],
    [{ MESHSCOPE_REFRESH_SECONDS: "soon" }, "MESHSCOPE_REFRESH_SECONDS: must be a number of seconds"],
    [{ MESHSCOPE_DEMO_SEED: "lucky" }, "MESHSCOPE_DEMO_SEED: must be a whole number"],
    [{ MESHSCOPE_PROMETHEUS_USERNAME: "me" }, "needs username and MESHSCOPE_PROMETHEUS_PASSWORD"],
    [
      { MESHSCOPE_PROMETHEUS_USERNAME: "me", MESHSCOPE_PROMETHEUS_PASSWORD: "x", MESHSCOPE_PROMETHEUS_TOKEN: "y" },
      "a user name and password or a token, not both",
    ],
    [{ MESHSCOPE_PROMETHEUS_TOKEN: "y" }, "MESHSCOPE_PROMETHEUS_URL: credentials for Prometheus need its address"],
    [{ MESHSCOPE_PROMETHEUS_TOKEN_FILE: "/no/such" }, "MESHSCOPE_PROMETHEUS_TOKEN_FILE: must name a file"],
    [{ MESHSCOPE_PROMETHEUS_QUERY_SCOPE: "mesh=east" }, "MESHSCOPE_PROMETHEUS_QUERY_SCOPE: "],
    [{ MESHSCOPE_PROMETHEUS_HEADERS: "tenant" }, '"tenant" is not NAME=VALUE'],
    [{ MESHSCOPE_DEMO_SCALE: "services=10" }, "only the demo has a scale"],
    [{ MESHSCOPE_DEMO: "true", MESHSCOPE_DEMO_SCALE: "pods=3" }, 'must look like "services=1000'],
    [{ MESHSCOPE_CONFIG: "/no/such.yaml" }, "MESHSCOPE_CONFIG: cannot read /no/such.yaml"],
  ])("%j", (environment: Record<string, string>, expected) => {
    expect(problemsOf(environment)).toContain(expected);
  });

  it("and all problems come at once", () => {
    const problems = problemsOf({ MESHSCOPE_LOG_LEVEL: "loud", MESHSCOPE_REFRESH_SECONDS: "0" });
    expect(problems).toContain("MESHSCOPE_LOG_LEVEL");
    expect(problems).toContain("MESHSCOPE_REFRESH_SECONDS");
  });
});

describe("the README's table", () => {
  /** "MESHSCOPE_DEMO_SEED", "…_SCALE" → DEMO_SEED, DEMO_SCALE: the ending stands for what follows a common beginning. */
  const expand = (first: string, name: string) => {
    if (!name.startsWith("…")) return name;
    const parts = first.split("_");
    const wholes = parts.map((_, length) => parts.slice(0, length).join("_") + name.slice(1));
    return wholes.find((whole) => whole.replace("MESHSCOPE_", "") in settingsSchema.shape) ?? name;
  };
  const rows = [...readFileSync("README.md", "utf8").matchAll(/^\| (`(?:MESHSCOPE_|PORT).*?) \| .* \|(.*)\|$/gm)].map(
    ([, names = "", fallback = ""]) => {
      const [first = "", ...others] = [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
      return { names: [first, ...others.map((name) => expand(first, name))], fallback: fallback.trim() };
    },
  );
  const documented = rows.flatMap(({ names }) => names);

  it("names every setting, once, and none that does not exist", () => {
    const elsewhere = ["PORT", "HOST", "MESHSCOPE_CONFIG"];
    const settings = Object.keys(settingsSchema.shape).map((key) => `MESHSCOPE_${key}`);
    expect(documented.sort()).toEqual([...elsewhere, ...settings].sort());
  });

  it("tells the defaults that the settings have", () => {
    const plain = Object.entries(loadSettings({})).flatMap(([key, value]) =>
      typeof value === "object" ? [] : [[key, value] as const],
    );
    const told = rows.map(({ names, fallback }) => [names[0], fallback] as const);
    expect(Object.fromEntries(told)).toMatchObject(
      Object.fromEntries(plain.map(([key, value]) => [`MESHSCOPE_${key}`, String(value)])),
    );
    // Figures are defaults of the schema, or of the port; all others are told in words.
    const figures = told.filter(([, fallback]) => /^\d/.test(fallback)).map(([name]) => name);
    const numbers = plain.filter(([, value]) => typeof value === "number").map(([key]) => `MESHSCOPE_${key}`);
    expect(new Set(figures)).toEqual(new Set(["PORT", ...numbers]));
  });
});
