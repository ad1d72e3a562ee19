/** Where a menu hangs, and what has the focus when it is closed: an element, or a place of the pointer's. */
export type MenuAnchor = { getBoundingClientRect: () => DOMRect; focus: () => void };

/** Where a menu was asked for: at the pointer, or at the element itself where the keyboard asked. */
export function anchorOf({ currentTarget: element, clientX: x, clientY: y }: MouseEvent & { currentTarget: HTMLElement }): MenuAnchor {
  const byPointer = x !== 0 || y !== 0;
  return { focus: () => element.focus(), getBoundingClientRect: () => (byPointer ? new DOMRect(x, y, 0, 0) : element.getBoundingClientRect()) };
}
