// A line for a shell that makes a first payment with nothing but Node: create, then confirm with cash. It is
// what a backend has to do, the signature included, on one screen.

const PROGRAM = `
const [url, id, secret] = process.argv.slice(1);
const { createHash, createHmac, randomUUID } = require("crypto");
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const post = async (path, data) => {
  const body = JSON.stringify(data), time = Math.floor(Date.now() / 1000);
  const text = ["POST", path, time, sha256(body)].join("\\n");
  const signature = createHmac("sha256", sha256(secret)).update(text).digest("hex");
  const authorization = "HMAC-SHA256 " + [id, time, signature].join(":");
  const headers = { authorization, "content-type": "application/json", "idempotency-key": randomUUID() };
  const answer = await (await fetch(url + path, { method: "POST", headers, body })).json();
  console.log(answer);
  return answer;
};
post("/v1/payment_intents", {
  amount: 1500, payment_method_types: ["cash"], merchant_ref_id: "order_" + Date.now()
}).then(({ id }) => post("/v1/payment_intents/" + id + "/confirm", { payment_method_type: "cash" }));
`;

/** For sh and its like: one line, in single quotes, of which the program has none. */
export function firstPaymentLine(facts: { base_url: string; api_key: string; secret_key: string }): string {
  const program = PROGRAM.trim().replace(/\s*\n\s*/g, ' ');
  return `node -e '${program}' ${facts.base_url} ${facts.api_key} ${facts.secret_key}`;
}
