/** Where a menu hangs, and what has the focus when it is closed: an element, or a place of the pointer's. */
export type MenuAnchor = { getBoundingClientRect: () => DOMRect; focus: () => void };
