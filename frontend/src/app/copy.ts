/** What is copied from the screen can be pasted into a sheet: one amount as its plain decimal, and every − as -. */
export function copyPlainAmounts(): void {
  document.addEventListener('copy', (event) => {
    const selection = getSelection();
    const text = selection?.toString() ?? '';
    const within =
      selection?.anchorNode?.parentElement?.closest<HTMLDataElement>('data[data-amount]');
    const isOneAmount = within && within.contains(selection?.focusNode ?? null);
    const plain = isOneAmount ? within.value : text.replaceAll('−', '-');
    if (plain === text || text === '') return;
    event.clipboardData?.setData('text/plain', plain);
    event.preventDefault();
  });
}
