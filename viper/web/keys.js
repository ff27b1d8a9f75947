// Keys 1 2 3 on Discover, and the line between before and after.
(() => {
  const BUTTONS = { 1: 'vp-like', 2: 'vp-dislike', 3: 'vp-skip' };

  document.addEventListener('keydown', (event) => {
    const writing = event.target.closest('input, textarea, select, [contenteditable]');
    if (writing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = document.getElementById(BUTTONS[event.key]);
    if (button && button.offsetParent !== null && !button.disabled) button.click();
  });

  document.addEventListener('input', (event) => {
    const frame = event.target.closest('.vp-compare');
    if (frame) frame.style.setProperty('--split', `${event.target.value}%`);
  });
})();
