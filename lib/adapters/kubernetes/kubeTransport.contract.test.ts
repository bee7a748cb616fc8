import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakeApiServer, startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { createKubeClient, type KubeClient } from "./kubeClient.ts";
import { directConnection } from "./kubeConnection.ts";
import { createKubeTransport } from "./kubeTransport.ts";

let server: FakeApiServer;
let client: KubeClient;
beforeEach(async () => {
  server = await startFakeApiServer();
  client = createKubeClient(async () => directConnection(server.url, { token: "secret" }));
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const { signal } = new AbortController();
const prometheus = { namespace: "monitoring", name: "prometheus", port: "web" };

test("passes method, path, query and body on to the Service and its answer back", async () => {
  server.proxy = (request) => ({ status: 200, headers: { "x-answer": "yes" }, body: JSON.stringify(request) });
  const transport = createKubeTransport(client, prometheus);
  const response = await transport.request({
    method: "POST",
    path: "/api/v1/query?limit=1",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "query=up",
    signal,
  });
  expect(response.status).toBe(200);
  expect(response.headers["x-answer"]).toBe("yes");
  expect(JSON.parse(await response.text())).toMatchObject({
    service: ":prometheus:web",
    path: "/api/v1/query?limit=1",
    method: "POST",
    body: "query=up",
  });
});

test("asks for HTTPS behind the proxy when told to", async () => {
  server.proxy = ({ service }) => ({ status: 200, body: service });
  const response = await createKubeTransport(client, { ...prometheus, scheme: "https" }).request({
    method: "GET",
    path: "/",
    signal,
  });
  expect(await response.text()).toBe("https:prometheus:web");
});

test("names from outside cannot leave their place in the path", async () => {
  server.proxy = ({ service }) => ({ status: 200, body: service });
  const hostile = { namespace: "../../api", name: "a/../../secrets?x=", port: "80/proxy" };
  await createKubeTransport(client, hostile).request({ method: "GET", path: "/", signal });
  expect(server.requests[0]?.path).toBe(
    "/api/v1/namespaces/..%2F..%2Fapi/services/:a%2F..%2F..%2Fsecrets%3Fx%3D:80%2Fproxy/proxy/",
  );
  expect(() => createKubeTransport(client, { ...prometheus, namespace: ".." })).toThrow("is no name");
});

test("an error of the Service itself is an answer", async () => {
  server.proxy = () => ({ status: 400, body: '{"status":"error","error":"parse error"}' });
  const response = await createKubeTransport(client, prometheus).request({ method: "GET", path: "/", signal });
  expect([response.status, await response.text()]).toEqual([400, '{"status":"error","error":"parse error"}']);
});

test("a Service without endpoints is unreachable", async () => {
  await expect(
    createKubeTransport(client, prometheus).request({ method: "GET", path: "/", signal }),
  ).rejects.toMatchObject({
    kind: "unreachable",
    message: expect.stringContaining('no endpoints available for service ":prometheus:web"'),
    hint: "The Service has no ready endpoint, or the port is wrong.",
  });
});

test("a forbidden proxy is denied with the right to grant", async () => {
  server.interfere = () => ({ status: 403, reason: "Forbidden", message: "services/proxy is forbidden" });
  await expect(
    createKubeTransport(client, prometheus).request({ method: "POST", path: "/", signal }),
  ).rejects.toMatchObject({
    kind: "denied",
    hint: expect.stringContaining("Grant create on services/proxy"),
  });
});

test("an aborted request rejects with the abort, not with a SourceError", async () => {
  server.interfere = () => "stall";
  const stop = new AbortController();
  const request = createKubeTransport(client, prometheus).request({ method: "GET", path: "/", signal: stop.signal });
  stop.abort();
  await expect(request).rejects.toMatchObject({ name: "AbortError" });
});
