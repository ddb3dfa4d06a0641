const list = document.querySelector(".fade");
const progress = document.querySelector(".progress");
const source = new EventSource(list.dataset.events);
const started = performance.now();

source.onmessage = ({ data }) => {
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  const item = document.createElement("li");
  item.style.setProperty("--colour", data);
  item.textContent = `${data} after ${seconds} s`;
  list.append(item);
  progress.textContent = `${list.children.length} so far`;
};

source.addEventListener("done", () => {
  source.close();
  progress.textContent = `All ${list.children.length} are here.`;
});

source.onerror = () => {
  source.close();
  progress.textContent = "The stream broke off. Reload the page to try again.";
};
