// Prints the tests of fetch/http-cache and request-cache-* in a directory of web-platform-tests as JSON. Both suites
// consist of data that a script of theirs runs; this evaluates the data without running it.
import fs from 'node:fs'
import vm from 'node:vm'

const root = process.argv.at(-1)
const read = path => fs.readFileSync(root + '/' + path, 'utf8')
const files = []
for (const [directory, runner, pattern, expand] of [
  ['fetch/http-cache', 'http-cache.js', /\.any\.js$/, 'expandTemplates'],
  ['fetch/api/request', 'request-cache.js', /^request-cache-.*\.any\.js$/, '']
]) {
  for (const name of fs.readdirSync(root + '/' + directory).sort()) {
    if (!pattern.test(name)) continue
    const context = vm.createContext({ btoa, URL, promise_test () {}, get_host_info: () => ({}) })
    vm.runInContext(read(directory + '/' + runner), context)
    vm.runInContext(read(directory + '/' + name), context)
    const tests = vm.runInContext(expand ? `tests.map(t => ({ name: t.name, requests: ${expand}(t) }))` : 'tests', context)
    files.push({ path: directory + '/' + name.replace(/\.any\.js$/, ''), runner, tests })
  }
}
console.log(JSON.stringify(files))
