# SPDX-License-Identifier: MIT
# Completion for fish.

function __tokenwise_models
    tokenwise models 2>/dev/null | awk 'NR > 1 { print $1 }'
end

function __tokenwise_encodings
    tokenwise encodings 2>/dev/null | awk 'NR > 1 { print $1 }'
end

function __tokenwise_in
    __fish_seen_subcommand_from $argv
end

complete -c tokenwise -f
complete -c tokenwise -n __fish_use_subcommand -l version -d 'Say the version'
complete -c tokenwise -n __fish_use_subcommand -a count -d 'Count the tokens of texts or a request'
complete -c tokenwise -n __fish_use_subcommand -a encodings -d 'List the encodings that count exactly'
complete -c tokenwise -n __fish_use_subcommand -a vocab -d 'Add a tokenizer\'s vocabulary of your own'
complete -c tokenwise -n __fish_use_subcommand -a models -d 'List the models with their limits and prices'
complete -c tokenwise -n __fish_use_subcommand -a price -d 'Say what a provider\'s usage block costs'
complete -c tokenwise -n __fish_use_subcommand -a estimate -d 'Preview cost, length and time; nothing is sent'
complete -c tokenwise -n __fish_use_subcommand -a send -d 'Send a prompt and settle what it cost'
complete -c tokenwise -n __fish_use_subcommand -a encode -d 'Show the HTTP request that would be sent'
complete -c tokenwise -n __fish_use_subcommand -a decode -d 'Read a recorded reply as the SDK reads it'
complete -c tokenwise -n __fish_use_subcommand -a budget -d 'Show or add budgets'
complete -c tokenwise -n __fish_use_subcommand -a catalog -d 'Update, compare and show the catalogue'
complete -c tokenwise -n __fish_use_subcommand -a doctor -d 'Say what is configured, stale or wrong'
complete -c tokenwise -l json -d 'Print JSON for programs'
complete -c tokenwise -s h -l help -d 'Show help'

complete -c tokenwise -n '__tokenwise_in count price estimate send encode' -s m -l model -x -a '(__tokenwise_models)' -d 'Model to use'
complete -c tokenwise -n '__tokenwise_in count estimate send encode' -l request -r -F -d 'Request file'
complete -c tokenwise -n '__tokenwise_in count decode vocab' -F
complete -c tokenwise -n '__tokenwise_in count' -l encoding -x -a '(__tokenwise_encodings)' -d 'Encoding'
complete -c tokenwise -n '__tokenwise_in count' -l ids -d 'List the token ids too'
complete -c tokenwise -n '__tokenwise_in count' -l decode -d 'Read token ids and print their text'
complete -c tokenwise -n '__tokenwise_in count' -l truncate -x -d 'Print the text cut to this many tokens'
complete -c tokenwise -n '__tokenwise_in vocab' -a 'add list remove'
complete -c tokenwise -n '__tokenwise_in vocab' -l name -x -d 'What to call it'

complete -c tokenwise -n '__tokenwise_in price encode decode' -l dialect -x -a 'openai-chat openai-responses anthropic gemini ollama bedrock-converse cohere' -d 'Wire format'
complete -c tokenwise -n '__tokenwise_in price decode' -l provider -x -d 'Who bills or answered'
complete -c tokenwise -n '__tokenwise_in price' -l usage -x -d 'Usage block'
complete -c tokenwise -n '__tokenwise_in price' -l at -x -d 'When it was used'
complete -c tokenwise -n '__tokenwise_in price' -l tier -x -d 'Service tier'
complete -c tokenwise -n '__tokenwise_in price' -l speed -x -d 'Speed'
complete -c tokenwise -n '__tokenwise_in price' -l region -x -d 'Region'
complete -c tokenwise -n '__tokenwise_in price' -l endpoint -x -d 'Endpoint'
complete -c tokenwise -n '__tokenwise_in price' -l param -x -d 'A parameter that selects a price'
complete -c tokenwise -n '__tokenwise_in price' -l rate -x -d 'A price of this call alone'

complete -c tokenwise -n '__tokenwise_in estimate send' -l max-output-tokens -x -d 'Most tokens of the answer'
complete -c tokenwise -n '__tokenwise_in estimate send' -l sandbox -d 'Use simulated replies'
complete -c tokenwise -n '__tokenwise_in estimate send decode' -l stream -d 'Streamed reply'
complete -c tokenwise -n '__tokenwise_in estimate send' -l no-stream -d 'Reply in one piece'

complete -c tokenwise -n '__tokenwise_in decode' -l status -x -d 'HTTP status'
complete -c tokenwise -n '__tokenwise_in decode' -l header -x -d 'A header of the reply'

complete -c tokenwise -n '__tokenwise_in catalog' -F -a 'update diff verify show'
complete -c tokenwise -n '__tokenwise_in catalog' -l from -r -F -d 'Where the new catalogue is'
complete -c tokenwise -n '__tokenwise_in catalog' -l accept -x -a 'bad-signature model-loss older-version price-jump price-limit unknown-keys unsigned usage-profile zero-price' -d 'Accept what would be refused'
complete -c tokenwise -n '__tokenwise_in catalog' -l key -r -F -d 'Trust this public key alone'
complete -c tokenwise -n '__tokenwise_in catalog' -l sha256 -x -d 'Take only these very bytes'
complete -c tokenwise -n '__tokenwise_in catalog' -l dry-run -d 'Check and write nothing'
complete -c tokenwise -n '__tokenwise_in catalog' -l revert -d 'Go back to the catalogue before'
complete -c tokenwise -n '__tokenwise_in catalog' -l against -r -F -d 'Compare with another list'
complete -c tokenwise -n '__tokenwise_in catalog' -l format -x -a 'genai-prices litellm models-dev' -d 'Its form'

complete -c tokenwise -n '__tokenwise_in budget' -a 'list add'
complete -c tokenwise -n '__tokenwise_in budget' -l limit -x -d 'Most to spend, in USD'
complete -c tokenwise -n '__tokenwise_in budget' -l scope -x -a user -d 'What it covers'
complete -c tokenwise -n '__tokenwise_in budget' -l window -x -a 'hour day week month quarter total' -d 'How long'
complete -c tokenwise -n '__tokenwise_in budget' -l timezone -x -d 'Where its windows begin'
complete -c tokenwise -n '__tokenwise_in budget' -l on-exceed -x -a 'warn ask approve block' -d 'What then'
complete -c tokenwise -n '__tokenwise_in budget' -l simulated -d 'Show the sandbox\'s totals'
