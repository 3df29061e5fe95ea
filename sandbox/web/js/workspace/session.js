/*
 * One person at the page: who they are, the workspace as they see it, and every call they make to the server.
 */

import { get, post } from "../api.js";
import { Directory } from "../directory.js";
import { toast } from "../toasts.js";
import { sentenceFor } from "./refusals.js";

export class Session extends EventTarget {
  constructor(as) {
    super();
    this.as = as;
    this.state = null;
    this.directory = null;
    this.complainedAt = 0;
  }

  /** Fetches the workspace; false (and a toast) when the server does not give it. */
  async load() {
    const state = await get("state", { as: this.as });
    if (!state.ok) {
      this.complain("The workspace cannot be shown", state);
      return false;
    }
    this.state = state;
    this.directory = new Directory({ ...state, groups: state.usergroups || [] });
    this.dispatchEvent(new CustomEvent("state"));
    return true;
  }

  get me() {
    return this.directory.person(this.as);
  }

  /** Who the page offers to act as. */
  get offered() {
    const named = this.state.people.filter((person) => person.role && !person.deleted);
    return named.filter((person) => person.is_offered);
  }

  /** What a GET answers for this person. */
  ask(path, parameters = {}) {
    return get(path, { as: this.as, ...parameters });
  }

  /** What a POST answers for this person; a refusal is also shown as a toast headed `title`. */
  async tell(path, body, title) {
    const answer = await post(path, { as: this.as, ...body });
    if (!answer.ok && !answer.errors) this.complain(title, answer);
    this.dispatchEvent(new CustomEvent("told", { detail: { path, body, answer } }));
    return answer;
  }

  complain(title, answer) {
    this.complainedAt = Date.now();
    toast(title, answer.message || sentenceFor(answer.error), { code: answer.error });
  }
}
