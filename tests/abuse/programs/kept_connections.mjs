// Sends the requests of the JSON argument with fetch, each followed by a small GET. Prints their
// statuses as JSON, or the error of a request.
const requests = JSON.parse(process.argv[2]);
const site = process.argv[3];

async function status(address, options) {
  try {
    const response = await fetch(site + address, options);
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    return `${error.message}: ${error.cause?.message}`;
  }
}

const statuses = [];
for (const { address, type, size } of requests) {
  const options = { method: "POST", headers: { "Content-Type": type }, body: Buffer.alloc(size, "x") };
  statuses.push([await status(address, options), await status("/livez/")]);
}
console.log(JSON.stringify(statuses));
