# SPDX-License-Identifier: MIT
# Completion for bash.

_tokenwise_models() {
  tokenwise models 2>/dev/null | awk 'NR > 1 { print $1 }'
}

_tokenwise_encodings() {
  tokenwise encodings 2>/dev/null | awk 'NR > 1 { print $1 }'
}

_tokenwise_options() {
  case $1 in
    count) echo '--model --encoding --ids --decode --truncate --request' ;;
    vocab) echo '--name' ;;
    price) echo '--provider --model --usage --at --tier --speed --region --endpoint --param --rate --dialect' ;;
    estimate | send)
      echo '--model --request --max-output-tokens --sandbox --stream --no-stream'
      ;;
    encode) echo '--dialect --request --model' ;;
    decode) echo '--dialect --provider --stream --status --header' ;;
    catalog) echo '--from --accept --key --sha256 --dry-run --revert --against --format' ;;
    budget) echo '--limit --scope --window --timezone --on-exceed --simulated' ;;
  esac
}

_tokenwise() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local verb=${COMP_WORDS[1]} words=
  COMPREPLY=()

  if ((COMP_CWORD == 1)); then
    words='count encodings vocab models price estimate send encode decode budget catalog doctor --help --version'
  else
    case $prev in
      -m | --model) words=$(_tokenwise_models) ;;
      --encoding) words=$(_tokenwise_encodings) ;;
      --dialect) words='openai-chat openai-responses anthropic gemini ollama bedrock-converse cohere' ;;
      --window) words='hour day week month quarter total' ;;
      --scope) words='user' ;;
      --accept)
        words='bad-signature model-loss older-version price-jump price-limit unknown-keys unsigned'
        words+=' usage-profile zero-price'
        ;;
      --format) words='genai-prices litellm models-dev' ;;
      --on-exceed) words='warn ask approve block' ;;
      --request)
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    esac
    if [[ $prev == budget && $cur != -* ]]; then
      words='list add'
    elif [[ $prev == catalog && $cur != -* ]]; then
      words='update diff verify show'
    elif [[ $prev == show && $verb == catalog ]]; then
      words=$(_tokenwise_models)
    elif [[ $prev == vocab && $cur != -* ]]; then
      words='add list remove'
    elif [[ $prev == remove && $verb == vocab ]]; then
      words=$(_tokenwise_encodings)
    fi
  fi
  if [[ -z $words && $cur == -* ]]; then
    words="$(_tokenwise_options "$verb") --json --help"
  fi
  if [[ -z $words && ($verb == count || $verb == decode || $verb == vocab || $verb == catalog) ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    return
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -o filenames -F _tokenwise tokenwise
