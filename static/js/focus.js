/* The focus of a picture is chosen by a click on it; without this it is typed as two numbers. */
{
  const picture = document.querySelector(".picture-large");
  const across = document.getElementById("id_focus_x");
  const down = document.getElementById("id_focus_y");

  if (picture && across && down) {
    const frame = document.createElement("span");
    const point = document.createElement("span");
    frame.className = "picture-frame";
    point.className = "picture-point";
    picture.replaceWith(frame);
    frame.append(picture, point);

    const show = () => {
      point.style.left = `${across.value}%`;
      point.style.top = `${down.value}%`;
    };
    const within = (share) => Math.min(100, Math.max(0, Math.round(share * 100)));
    frame.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      across.value = within((event.clientX - box.left) / box.width);
      down.value = within((event.clientY - box.top) / box.height);
      across.dispatchEvent(new Event("input", { bubbles: true }));
      down.dispatchEvent(new Event("input", { bubbles: true }));
      show();
    });
    across.addEventListener("input", show);
    down.addEventListener("input", show);
    show();
  }
}
