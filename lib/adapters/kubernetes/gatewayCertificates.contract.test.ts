/** When the certificates of gateways end, from Secrets of a server over real HTTP. */
import { describe, expect, test, vi } from "vitest";
import type { GatewayCertificate } from "#lib/domain/mesh/gatewayCertificate.ts";
import type { ClusterSource } from "#lib/ports.ts";
import { meshObject } from "#test/builders/meshObjects.ts";
import type { FakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import type { WireObject } from "#test/kubernetes/objectStore.ts";
import { EXPIRED_CERTIFICATE, TEST_CERTIFICATE, TEST_KEY } from "#test/kubernetes/testCertificate.ts";
import { DEADLINE, testCluster, testServer } from "#test/kubernetes/testCluster.ts";
import { toWire } from "#test/kubernetes/wireObjects.ts";

const TIMINGS = { certificateCheckMs: 5, certificateMs: 60_000, certificateRetryMs: 60_000 };

function gateway(names: readonly string[], namespace = "ingress"): WireObject {
  const listeners = names.map((name) => ({ name, port: 443, protocol: "HTTPS", tls: { certificateRefs: [{ name }] } }));
  return toWire(meshObject("gateway.networking.k8s.io/v1/Gateway", `${namespace}/web`, { spec: { listeners } }));
}

/** Not through the decoder, which would drop the data. */
function secret(name: string, data: Readonly<Record<string, string>>, namespace = "ingress"): WireObject {
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, annotations: { copy: TEST_KEY } },
    type: "kubernetes.io/tls",
    data: Object.fromEntries(encoded),
  };
}

function tls(name: string, certificate = TEST_CERTIFICATE): WireObject {
  return secret(name, { "tls.crt": certificate, "tls.key": TEST_KEY });
}

function reading(server: FakeApiServer, timings = TIMINGS): ClusterSource {
  return testCluster(server, { certificates: true, timings });
}

async function untilCertificates(source: ClusterSource, states: Readonly<Record<string, string>>): Promise<void> {
  await vi.waitFor(() => {
    const known = source.snapshot().certificates ?? [];
    expect(Object.fromEntries(known.map(({ name, state }) => [name, state]))).toEqual(states);
  }, DEADLINE);
}

function certificate(source: ClusterSource, name: string): GatewayCertificate | undefined {
  return source.snapshot().certificates?.find((known) => known.name === name);
}

function secretRequests(server: FakeApiServer) {
  return server.requests.filter(({ resource }) => resource === "secrets");
}

describe("certificates of gateways", () => {
  test("say when they end, whose they are and who uses them", async () => {
    const server = await testServer([gateway(["old", "new"]), tls("old", EXPIRED_CERTIFICATE), tls("new")]);
    const source = reading(server);
    await untilCertificates(source, { old: "ok", new: "ok" });
    expect(certificate(source, "old")).toEqual({
      namespace: "ingress",
      name: "old",
      state: "ok",
      usedBy: [
        {
          gateway: { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "ingress", name: "web" },
          server: "old",
        },
      ],
      leaf: {
        subject: "CN=shop.example.com, O=Shop",
        issuer: "CN=Test CA",
        notBeforeSeconds: 1_577_836_800,
        expiresAtSeconds: 1_609_459_200,
        dnsNames: ["shop.example.com", "*.shop.example.com"],
        keyAlgorithm: "EC prime256v1",
      },
      chain: [],
      authorities: [],
    });
  });

  test("say what is wrong with those that cannot be read", async () => {
    const names = ["none", "forbidden", "opaque", "keyless", "damaged", "broken-ca", "odd"];
    const server = await testServer([
      gateway(names),
      tls("forbidden"),
      secret("opaque", { password: "hunter2" }),
      secret("keyless", { "tls.crt": TEST_CERTIFICATE }),
      tls("damaged", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
      secret("broken-ca", { "tls.crt": TEST_CERTIFICATE, "tls.key": TEST_KEY, "ca.crt": "nothing" }),
    ]);
    server.interfere = ({ name }) => {
      if (name === "forbidden") return { status: 403, reason: "Forbidden" };
      return name === "odd" ? { body: `<html>${TEST_KEY}` } : undefined;
    };
    const source = reading(server);
    await untilCertificates(source, {
      none: "missing",
      forbidden: "denied",
      opaque: "not-tls",
      keyless: "not-tls",
      damaged: "unreadable",
      "broken-ca": "unreadable",
      odd: "unknown",
    });
    const messages = names.map((name) => {
      const known = certificate(source, name);
      return known === undefined || known.state === "ok" ? undefined : known.message;
    });
    expect(messages).toEqual([
      "there is no Secret ingress/none",
      'not allowed to read it: grant get on secrets, with the resource name "forbidden", in the namespace ingress',
      "it holds no tls.crt",
      "it holds no tls.key",
      "its tls.crt holds no certificate in PEM that can be read",
      "its ca.crt holds no certificate in PEM that can be read",
      "the answer could not be read",
    ]);
    expect(source.snapshot().status.state).toBe("ok");
  });

  test("are read under the names that Istio's older Secrets use, with the authorities of clients", async () => {
    const data = { cert: `${TEST_CERTIFICATE}\n${EXPIRED_CERTIFICATE}`, key: TEST_KEY, cacert: EXPIRED_CERTIFICATE };
    const source = reading(await testServer([gateway(["generic"]), secret("generic", data)]));
    await untilCertificates(source, { generic: "ok" });
    expect(certificate(source, "generic")).toMatchObject({
      leaf: { subject: "CN=fake-api-server" },
      chain: [{ issuer: "CN=Test CA" }],
      authorities: [{ issuer: "CN=Test CA" }],
    });
  });

  test("leave no trace of a key or of anything else in a Secret", async () => {
    const server = await testServer([
      gateway(["a", "combined"]),
      secret("a", { "tls.crt": TEST_CERTIFICATE, "tls.key": TEST_KEY, password: "hunter2" }),
      tls("combined", `${TEST_KEY}\n${TEST_CERTIFICATE}`),
    ]);
    const debug = vi.fn();
    const source = testCluster(server, { certificates: true, timings: TIMINGS, debug });
    await untilCertificates(source, { a: "ok", combined: "ok" });
    const { index, ...snapshot } = source.snapshot();
    const kept = JSON.stringify([snapshot, debug.mock.calls, index.list("/Secret")]);
    const [, keyLine = ""] = TEST_KEY.split("\n");
    for (const trace of [keyLine, Buffer.from(TEST_KEY).toString("base64").slice(0, 60), "hunter2", "aHVudGVyMg"])
      expect(kept).not.toContain(trace);
    expect(kept).toContain("CN=fake-api-server");
    expect(index.count("/Secret")).toBe(0);
  });
});

describe("Secrets", () => {
  test("are not asked for unless that is wanted", async () => {
    const server = await testServer([gateway(["a"]), tls("a")]);
    const source = testCluster(server, { timings: TIMINGS });
    await vi.waitFor(
      () => expect(source.snapshot().index.count("gateway.networking.k8s.io/Gateway")).toBe(1),
      DEADLINE,
    );
    expect(secretRequests(server)).toEqual([]);
    expect(source.snapshot().certificates).toBeUndefined();
  });

  test("are read by name and never listed, each once until its time has come", async () => {
    const server = await testServer([gateway(["a"]), tls("a"), tls("unused")]);
    const source = reading(server);
    await untilCertificates(source, { a: "ok" });
    server.store.put(gateway(["a", "b"]));
    await untilCertificates(source, { a: "ok", b: "missing" });
    server.store.put(gateway(["b"]));
    await untilCertificates(source, { b: "missing" });
    expect(secretRequests(server).map(({ verb, name }) => `${verb} ${name}`)).toEqual(["get a", "get b"]);
  });

  test("are read again after a while, and what was known stays when they cannot be", async () => {
    const server = await testServer([gateway(["a"]), tls("a", EXPIRED_CERTIFICATE)]);
    const source = reading(server, { ...TIMINGS, certificateMs: 30 });
    await untilCertificates(source, { a: "ok" });
    server.interfere = ({ resource }) => (resource === "secrets" ? "drop" : undefined);
    const asked = secretRequests(server).length;
    await vi.waitFor(() => expect(secretRequests(server).length).toBeGreaterThan(asked + 1), DEADLINE);
    expect(certificate(source, "a")).toMatchObject({ state: "ok", leaf: { issuer: "CN=Test CA" } });
    server.interfere = () => undefined;
    server.store.put(tls("a"));
    await vi.waitFor(
      () => expect(certificate(source, "a")).toMatchObject({ leaf: { issuer: "CN=fake-api-server" } }),
      DEADLINE,
    );
  });

  test("of which nothing is known are asked for again sooner than the others", async () => {
    const server = await testServer([gateway(["a", "b"]), tls("a"), tls("b")]);
    server.interfere = ({ name }) => (name === "b" ? { status: 503 } : undefined);
    const source = reading(server, { ...TIMINGS, certificateRetryMs: 20 });
    await untilCertificates(source, { a: "ok", b: "unknown" });
    server.interfere = () => undefined;
    await untilCertificates(source, { a: "ok", b: "ok" });
  });

  test("of other namespaces are not read without a grant", async () => {
    const ref = { name: "a", namespace: "vault" };
    const listeners = [{ name: "web", port: 443, protocol: "HTTPS", tls: { certificateRefs: [ref] } }];
    const theft = meshObject("gateway.networking.k8s.io/v1/Gateway", "attacker/web", { spec: { listeners } });
    const server = await testServer([toWire(theft), { ...tls("a"), metadata: { name: "a", namespace: "vault" } }]);
    const source = reading(server);
    await untilCertificates(source, { a: "not-granted" });
    expect(secretRequests(server)).toEqual([]);
  });
});
