package product

import "strings"

// https://modelcontextprotocol.io/
var mcp = Product{
	Name: "MCP server", Names: []string{"mcp", "mcp-server", "fastmcp"}, Role: Application,
	Manual: "https://modelcontextprotocol.io/specification/2025-06-18/basic/transports",
	Signs: []Sign{
		{Strength: Sure, Header: "Mcp-Session-Id", Says: "the header Mcp-Session-Id"},
		{Strength: Sure, Match: func(l *Look) bool {
			return strings.Contains(l.body, `"jsonrpc":"2.0"`) && (strings.Contains(l.body, "session") || strings.Contains(l.body, "text/event-stream")) && strings.Contains(l.body, `"error":`)
		}, Says: "the shape of its error, JSON-RPC about a session"},
		{Strength: Sure, Preflight: true, Match: func(l *Look) bool {
			for _, name := range l.Names {
				if name == "mcp-session-id" || name == "mcp-protocol-version" {
					return true
				}
			}
			return false
		}, Says: "the request headers of the protocol"},
	},
	Advice: []Advice{{
		Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn, Errors},
		Text:   "The SDKs add no CORS headers: put CORS around the server. A web client sends mcp-protocol-version and mcp-session-id, and last-event-id to resume; it uses GET, POST and DELETE, and has to read Mcp-Session-Id. With the Python SDK it is Starlette's CORSMiddleware with the same lists. Some servers check the Origin themselves as well, and answer 403.",
		Snippet: `app.use(cors({   // the TypeScript SDK with Express
  origin: ["«origin»"],
  methods: ["GET", "POST", "DELETE"],
  allowedHeaders: ["content-type", "accept", "authorization", "mcp-session-id", "mcp-protocol-version", "last-event-id"],
  exposedHeaders: ["Mcp-Session-Id"],
«?credentials»  credentials: true,
}));
`,
		Manual: "https://github.com/modelcontextprotocol/typescript-sdk",
	}},
}
