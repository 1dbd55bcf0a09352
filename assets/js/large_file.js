// A picture or a film, large, in the page's own dialog.
export const show = (dialog, link) => {
  const film = link.dataset.large === "film";
  const [picture, player, title, download] = ["img", "video", "[data-title]", "a[download]"].map((part) =>
    dialog.querySelector(part),
  );
  picture.hidden = film;
  player.hidden = !film;
  picture.alt = link.dataset.name;
  (film ? player : picture).src = link.href;
  title.textContent = link.dataset.name;
  download.href = `${link.href}?download`;
  dialog.showModal();
};
// The toggle of a dialog does not bubble; a closed film must not go on talking.
const onClose = (event) => {
  if (event.target.id !== "large-file") return;
  for (const part of event.target.querySelectorAll("img, video")) part.removeAttribute("src");
  event.target.querySelector("video").load();
};
const onBackdrop = (event) => {
  if (event.target.id === "large-file") event.target.close();
};
document.addEventListener("click", onBackdrop);
document.addEventListener("close", onClose, true);
