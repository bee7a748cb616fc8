import { describe, expect, test } from "vitest";
import { EXPIRED_CERTIFICATE, TEST_CERTIFICATE, TEST_KEY } from "#test/kubernetes/testCertificate.ts";
import { readCertificates } from "./certificateFacts.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("certificates", () => {
  test("tell whose they are, from whom, for how long and with which key", () => {
    expect(readCertificates(base64(EXPIRED_CERTIFICATE))).toEqual([
      {
        subject: "CN=shop.example.com, O=Shop",
        issuer: "CN=Test CA",
        notBeforeSeconds: Date.parse("2020-01-01T00:00:00Z") / 1000,
        expiresAtSeconds: Date.parse("2021-01-01T00:00:00Z") / 1000,
        dnsNames: ["shop.example.com", "*.shop.example.com"],
        keyAlgorithm: "EC prime256v1",
      },
    ]);
  });

  test("of a chain come in its order, whatever stands between them", () => {
    const text = `# leaf\r\n${EXPIRED_CERTIFICATE}\n${TEST_KEY}\n\n${TEST_CERTIFICATE}\n`;
    expect(readCertificates(base64(text)).map(({ subject }) => subject)).toEqual([
      "CN=shop.example.com, O=Shop",
      "CN=fake-api-server",
    ]);
  });

  test("are none in a text without any, and damaged ones are refused without quoting", () => {
    expect(readCertificates("")).toEqual([]);
    expect(readCertificates(base64(TEST_KEY))).toEqual([]);
    for (const text of [EXPIRED_CERTIFICATE.slice(0, 200), EXPIRED_CERTIFICATE.replace("MIIB", "AAAA")])
      expect(() => readCertificates(base64(text))).toThrow(/^(?!.*shop)/);
  });
});
