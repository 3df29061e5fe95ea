/* Talking to the stand-in server: JSON in, JSON out, and every failure an answer `{ ok: false, error }`. */

async function answerOf(request) {
  let answer;
  try {
    answer = await request;
  } catch {
    return { ok: false, error: "unreachable" };
  }
  const body = await answer.json().catch(() => null);
  if (body === null) return { ok: false, error: `http_${answer.status}` };
  if (answer.ok) return body.ok === undefined ? { ok: true, ...body } : body;
  return { ok: false, error: `http_${answer.status}`, ...body };
}

/** The answer to a GET of `/sandbox/api/<path>`; parameters that are null or undefined are left out. */
export function get(path, parameters = {}) {
  const query = new URLSearchParams(
    Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined),
  );
  const tail = query.size ? `?${query}` : "";
  return answerOf(fetch(`/sandbox/api/${path}${tail}`, { cache: "no-store" }));
}

/** The answer to a POST (or another `method`) of `body` as JSON to `/sandbox/api/<path>`. */
export function post(path, body, method = "POST") {
  const headers = { "Content-Type": "application/json" };
  return answerOf(fetch(`/sandbox/api/${path}`, { method, headers, body: JSON.stringify(body) }));
}
