/*
 * A box that opens beside a control: on the browser's top layer, so that no pane or dialog cuts it off, but a child of
 * the control's own box, so that an open dialog does not make it inert.
 */

const MARGIN = 6;

function place(box, anchor) {
  const around = anchor.getBoundingClientRect();
  box.style.minWidth = `${Math.min(around.width, window.innerWidth - 2 * MARGIN)}px`;
  box.style.maxHeight = "";
  const below = window.innerHeight - around.bottom - 2 * MARGIN;
  const above = around.top - 2 * MARGIN;
  const isBelow = below >= Math.min(box.scrollHeight, 240) || below >= above;
  box.style.maxHeight = `${Math.max(120, Math.min(isBelow ? below : above, 340))}px`;
  const left = Math.min(around.left, window.innerWidth - box.offsetWidth - MARGIN);
  box.style.left = `${Math.max(MARGIN, left)}px`;
  box.style.top = `${isBelow ? around.bottom + 4 : Math.max(MARGIN, around.top - 4 - box.offsetHeight)}px`;
}

export class Popup {
  /** `box` shown beside `anchor`; `onClose` is called once each time it goes away. */
  constructor(box, anchor, onClose = () => {}) {
    this.box = box;
    this.anchor = anchor;
    this.onClose = onClose;
    box.setAttribute("popover", "manual");
    box.classList.add("popup");
    this.place = () => place(box, anchor);
    this.outside = (event) => {
      if (!box.contains(event.target) && !anchor.contains(event.target)) this.close();
    };
  }

  get isOpen() {
    return this.box.matches(":popover-open");
  }

  open() {
    if (this.isOpen) return;
    this.box.showPopover();
    this.place();
    document.addEventListener("pointerdown", this.outside, true);
    window.addEventListener("resize", this.place);
    document.addEventListener("scroll", this.place, true);
  }

  close() {
    document.removeEventListener("pointerdown", this.outside, true);
    window.removeEventListener("resize", this.place);
    document.removeEventListener("scroll", this.place, true);
    if (!this.box.isConnected || !this.isOpen) return;
    this.box.hidePopover();
    this.onClose();
  }
}
