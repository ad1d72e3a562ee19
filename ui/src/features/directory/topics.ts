import type { Topic } from "../../ipc/bindings";

/** What lists and panes of the directory show follows from these. */
export const directoryTopics: readonly Topic[] = ["directory", "links", "agreements", "listings"];
