(function () {
  "use strict";
  var audio = document.getElementById("audio");
  var stage = document.getElementById("timeline");
  var head = document.getElementById("playhead");
  var play = document.getElementById("play");
  var now = document.getElementById("now");
  var total = Number(stage.dataset.total);
  var rows = Array.prototype.slice.call(document.querySelectorAll(".chat li"));

  function pad(n) { return String(n).padStart(2, "0"); }

  function clock(ms) {
    var tenths = Math.floor(ms / 100);
    return Math.floor(tenths / 600) + ":" + pad(Math.floor(tenths % 600 / 10)) + "." + tenths % 10;
  }

  function show() {
    var ms = Math.min(total, audio.currentTime * 1000);
    head.style.left = 100 * ms / total + "%";
    now.textContent = clock(ms);
    rows.forEach(function (row) {
      var speaks = !(audio.paused ? ms === 0 : false) && Number(row.dataset.end) > ms && !(Number(row.dataset.start) > ms);
      row.classList.toggle("now", speaks);
      var band = stage.querySelector('.turn[data-turn="' + row.dataset.turn + '"]');
      if (band) { band.classList.toggle("now", speaks); }
    });
  }

  function frame() {
    show();
    if (!audio.paused) { requestAnimationFrame(frame); }
  }

  function seek(ms, start) {
    audio.currentTime = Math.max(0, Math.min(total, ms) / 1000);
    show();
    if (start) { audio.play(); }
  }

  function toggle() {
    if (audio.paused) { audio.play(); } else { audio.pause(); }
  }

  play.addEventListener("click", toggle);
  audio.addEventListener("play", function () { play.classList.add("on"); play.setAttribute("aria-label", "Pause"); requestAnimationFrame(frame); });
  audio.addEventListener("pause", function () { play.classList.remove("on"); play.setAttribute("aria-label", "Play the call"); show(); });
  audio.addEventListener("seeked", show);

  stage.addEventListener("pointerdown", function (event) {
    var box = stage.getBoundingClientRect();
    function at(x) { return total * (x - box.left) / box.width; }
    function move(e) { seek(at(e.clientX), false); }
    function up(e) {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", up);
      seek(at(e.clientX), true);
    }
    seek(at(event.clientX), false);
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", up);
  });

  rows.forEach(function (row) {
    function start() { seek(Number(row.dataset.start), true); }
    row.addEventListener("click", start);
    row.addEventListener("keydown", function (event) { if (event.key === "Enter") { start(); } });
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === " " && event.target !== play) { event.preventDefault(); toggle(); }
    if (event.key === "ArrowRight") { seek(audio.currentTime * 1000 + 2000, false); }
    if (event.key === "ArrowLeft") { seek(audio.currentTime * 1000 - 2000, false); }
  });
  show();
})();
