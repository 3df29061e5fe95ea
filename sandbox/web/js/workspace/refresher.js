/*
 * Runs a fetch on demand, never two at once: asked again while it runs, it runs once more afterwards. So a burst of
 * events costs two fetches, and the last state is always the one shown.
 */

export class Refresher {
  constructor(work) {
    this.work = work;
    this.running = null;
    this.isWanted = false;
  }

  /** A promise that is kept when everything known at the time of the call is on the page. */
  refresh() {
    this.isWanted = true;
    this.running ??= this.#run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async #run() {
    while (this.isWanted) {
      this.isWanted = false;
      await this.work();
    }
  }
}
