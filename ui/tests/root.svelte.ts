/** Runs an effect outside of a component, until the returned function is called. */
export function rootOf(read: () => void): () => void {
  return $effect.root(() => {
    $effect(read);
  });
}
